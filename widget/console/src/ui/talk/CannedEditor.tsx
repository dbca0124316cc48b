/** One's own canned replies: add, change, remove. Kept in this browser. */
import { ActionIcon, Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { readCanned, saveCanned, type Canned } from '../../core/canned.ts';
import { useServices } from '../context.tsx';
import css from './composer.module.css';

export function CannedEditor({ opened, onClose, agentId }: { opened: boolean; onClose: () => void; agentId: string }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Canned replies" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Form agentId={agentId} onDone={onClose} />
    </Modal>
  );
}

function Form({ agentId, onDone }: { agentId: string; onDone: () => void }) {
  const { browser } = useServices();
  const [list, setList] = useState<readonly Canned[]>(() => readCanned(browser, agentId));
  const change = (at: number, item: Partial<Canned>) => setList(list.map((old, i) => (i === at ? { ...old, ...item } : old)));
  const save = () => {
    saveCanned(browser, agentId, list);
    onDone();
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Type / and the name to use one. {'{first}'} becomes the visitor’s first name, {'{me}'} your name. They are kept in this browser.
      </Text>
      {list.map((item, i) => (
        <div key={i} className={css.cannedRow}>
          <TextInput
            aria-label="Name"
            leftSection="/"
            value={item.name}
            onChange={(event) => change(i, { name: event.currentTarget.value.replace(/\s/g, '') })}
          />
          <Textarea
            aria-label="Text"
            autosize
            minRows={1}
            maxRows={5}
            value={item.text}
            onChange={(event) => change(i, { text: event.currentTarget.value })}
          />
          <ActionIcon size={36} aria-label={`Remove ${item.name}`} onClick={() => setList(list.filter((_, at) => at !== i))}>
            <IconTrash size={18} stroke={1.7} />
          </ActionIcon>
        </div>
      ))}
      <Group justify="space-between">
        <Button variant="subtle" leftSection={<IconPlus size={16} />} onClick={() => setList([...list, { name: '', text: '' }])}>
          Add
        </Button>
        <Button onClick={save}>Save</Button>
      </Group>
    </Stack>
  );
}
