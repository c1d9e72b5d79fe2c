import { ServerFinding } from './server-finding';

/** A finding in one line: where, and what. */
export function formatFinding({ field, message }: ServerFinding): string {
  const line = message.replace(/\s*\n\s*/g, ' ');
  // Warnings name their field themselves.
  return field === '' || message.startsWith(`${field}: `) ? line : `${field}: ${line}`;
}
