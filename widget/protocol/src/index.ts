/** The wire protocol of docs/protocol.md as types and run-time guards; shared by the visitor app and the console. */
export * from './account.ts';
export * from './ack.ts';
export * from './agent.ts';
export * from './audit.ts';
export * from './backoff.ts';
export * from './entry.ts';
export * from './id.ts';
export * from './linkify.ts';
export * from './redial.ts';
export * from './state.ts';
export * from './visitor.ts';
