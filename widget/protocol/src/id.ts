import { v7 } from 'uuid';

/**
 * The id of something a client sends. Ids begin with the time, so that the hub's database keeps the newest ones together instead of
 * touching another page of its index for every line. Works without TLS too, where `crypto.randomUUID` is missing.
 */
export function newId(): string {
  return v7();
}
