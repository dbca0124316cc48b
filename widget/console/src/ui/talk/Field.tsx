/** The text of a reply with its buttons. */
import { ActionIcon, Button, Textarea, Tooltip } from '@mantine/core';
import { IconBolt, IconSend2 } from '@tabler/icons-react';
import type { KeyboardEvent, RefObject } from 'react';
import { useIsPhone } from '../hooks.ts';
import { CANNED_LIST, cannedOption } from './CannedMenu.tsx';
import css from './composer.module.css';
import type { CannedState } from './useCanned.ts';

interface FieldProps {
  ref: RefObject<HTMLTextAreaElement | null>;
  text: string;
  canned: CannedState;
  /** Why writing is not possible; a draft is still shown. */
  blocked: string | null;
  onChange: (text: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
  onSend: () => void;
}

export function Field({ ref, text, canned, blocked, onChange, onKeyDown, onBlur, onSend }: FieldProps) {
  const phone = useIsPhone();
  const openCanned = () => {
    onChange('/');
    ref.current?.focus();
  };
  return (
    <div className={css.field} data-blocked={blocked !== null}>
      <Textarea
        ref={ref}
        data-composer
        aria-label="Your reply"
        aria-controls={canned.query === null ? undefined : CANNED_LIST}
        aria-activedescendant={canned.found.length > 0 ? cannedOption(canned.picked) : undefined}
        placeholder={phone ? 'Write a reply' : 'Write a reply. Type / for canned replies'}
        variant="unstyled"
        autosize
        minRows={1}
        maxRows={8}
        dir="auto"
        readOnly={blocked !== null}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
        onBlur={onBlur}
        onKeyDown={onKeyDown}
        classNames={{ root: css.fieldRoot ?? '', input: css.fieldInput ?? '' }}
      />
      {blocked === null ? (
        <span className={css.fieldButtons}>
          {text.trim() === '' ? <CannedButton onClick={openCanned} /> : null}
          <SendButton phone={phone} empty={text.trim() === ''} onClick={onSend} />
        </span>
      ) : null}
    </div>
  );
}

function CannedButton({ onClick }: { onClick: () => void }) {
  return (
    <Tooltip label="Canned replies">
      <ActionIcon size={36} aria-label="Canned replies" onClick={onClick}>
        <IconBolt size={20} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}

function SendButton({ phone, empty, onClick }: { phone: boolean; empty: boolean; onClick: () => void }) {
  if (!phone) {
    return (
      <Button
        size="sm"
        aria-disabled={empty}
        className={css.send}
        onClick={onClick}
        rightSection={<IconSend2 size={16} stroke={1.8} className="flip" />}
      >
        Reply
      </Button>
    );
  }
  return (
    <ActionIcon
      size={36}
      variant={empty ? 'subtle' : 'filled'}
      color={empty ? 'gray' : 'brand'}
      aria-label="Reply"
      aria-disabled={empty}
      onClick={onClick}
    >
      <IconSend2 size={20} stroke={1.7} className="flip" />
    </ActionIcon>
  );
}
