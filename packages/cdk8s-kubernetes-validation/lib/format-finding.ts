import { ServerFinding } from './server-finding';

/** A finding in one line: where, and what. */
export function formatFinding({ field, message }: ServerFinding): string {
  // Warnings name their field themselves.
  return field === '' || message.startsWith(`${field}: `) ? message : `${field}: ${message}`;
}
