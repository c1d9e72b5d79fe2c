import { IConstruct } from 'constructs';

/** On an app: the synthesis that is under way. */
const RUN = Symbol('run');

type App = IConstruct & { [RUN]?: symbol } & Partial<Record<'synth' | 'synthYaml', (...given: unknown[]) => unknown>>;

/** Sees to it that an app tells one synthesis from the next: it validates everything once per chart in each of them. */
export function tellRuns(construct: IConstruct): void {
  const app: App = construct.node.root;
  if (RUN in app) {
    return;
  }
  Object.defineProperty(app, RUN, { value: undefined, writable: true });
  for (const name of ['synth', 'synthYaml'] as const) {
    const method = app[name]?.bind(app);
    const value = (...given: unknown[]): unknown => {
      app[RUN] = Symbol(name);
      try {
        return method?.(...given);
      } finally {
        app[RUN] = undefined;
      }
    };
    // Not where another language has overridden it: then nothing is ever taken as accepted.
    if (method) {
      Reflect.defineProperty(app, name, { value, configurable: true, writable: true });
    }
  }
}

/** What was accepted, which holds until the synthesis is over: what comes next may be changed. */
export class Acceptance {
  private run?: symbol;

  public constructor(private readonly construct: IConstruct) {
    tellRuns(construct);
  }

  public get holds(): boolean {
    return this.run !== undefined && this.run === this.current;
  }

  public set(isAccepted: boolean): void {
    this.run = isAccepted ? this.current : undefined;
  }

  private get current(): symbol | undefined {
    return (this.construct.node.root as App)[RUN];
  }
}
