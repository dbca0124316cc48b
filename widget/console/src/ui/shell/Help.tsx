/** Every key of the console. */
import { Modal } from '@mantine/core';
import css from './shell.module.css';

const KEYS = [
  ['J', 'Next conversation'],
  ['K', 'Previous conversation'],
  ['/', 'Search the inbox'],
  ['A', 'Accept the call, or the open conversation'],
  ['R', 'Write a reply'],
  ['Enter', 'Send'],
  ['Shift Enter', 'New line'],
  ['Esc', 'Leave the field, or close what is open'],
  ['?', 'Show these keys'],
] as const;

export function Help({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard" size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
      <dl className={css.keys}>
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key} className={css.kbd}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
