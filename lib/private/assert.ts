import { IConstruct } from 'constructs';

/** Throws unless `port` is one that a process can listen on. */
export function assertPort(construct: IConstruct, what: string, port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Error(`${construct.node.path}: ${what} ${port} is out of range; ports are whole numbers from 1 to 65535`);
  }
}
