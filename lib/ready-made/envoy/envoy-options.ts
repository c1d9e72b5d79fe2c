import { ReadyMadeConfigOptions } from '../../contributions';

/** What is alike in the properties of all Envoys. */
export interface EnvoyOptions extends ReadyMadeConfigOptions {
  /**
   * How many threads of the ready-made container handle requests (`--concurrency`). Each has connections of its
   * own to where they go, and needs a CPU to be of use.
   *
   * @default 1
   */
  readonly workers?: number;
}
