/** The conversation as plain text for the visitor to keep. */
import type { Conversation } from './conversation.ts';
import { toRows } from './rows.ts';

export interface SpeakerNames {
  you: string;
  assistant: string;
  agent: string;
}

export function toTranscript(conversation: Conversation, names: SpeakerNames, formatTime: (at: string) => string): string {
  const parts = toRows(conversation).map((row) => {
    switch (row.type) {
      case 'group': {
        const who = row.author === 'visitor' ? names.you : row.author === 'bot' ? names.assistant : (row.name ?? names.agent);
        return `[${formatTime(row.at)}] ${who}:\n${row.lines.map((line) => line.text).join('\n')}\n`;
      }
      case 'system':
        return `-- ${row.text}\n`;
      case 'rated':
        return `-- ${String(row.score)}/5\n`;
      case 'day':
      case 'form':
        return '';
    }
  });
  return parts.filter((part) => part !== '').join('\n');
}
