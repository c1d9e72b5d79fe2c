import { IConstruct } from 'constructs';
import { RuleInfo } from './rules';

/** Which rules hold inside a construct, besides those that always do. */
export interface CheckSettings {
  /** Rule id to the reason why it does not apply. */
  readonly ignored: Map<string, string>;
  /** Rules that only hold where somebody asked for them. */
  readonly required: Set<string>;
}

const SETTINGS = Symbol.for('cdk8s-pod-patterns.checkSettings');

type Configured = IConstruct & { [SETTINGS]?: CheckSettings };

/** The settings of a construct itself, to be changed. */
export function settingsOf(construct: Configured): CheckSettings {
  const settings = construct[SETTINGS] ?? { ignored: new Map<string, string>(), required: new Set<string>() };
  Object.defineProperty(construct, SETTINGS, { value: settings, configurable: true });
  return settings;
}

/** Whether a rule holds for a construct, by its own settings and those of the scopes around it. */
export function holds({ id, level }: RuleInfo, construct: IConstruct): boolean {
  const settings = construct.node.scopes.flatMap((scope: Configured) => scope[SETTINGS] ?? []);
  return level === 'opt-in'
    ? settings.some(({ required }) => required.has(id))
    : !settings.some(({ ignored }) => ignored.has(id));
}
