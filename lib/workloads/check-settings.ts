import { IConstruct } from 'constructs';
import { isCustomResource } from './pod-template';
import { isOnByDefault, RuleInfo } from '../rules';

/** Which rules hold inside a construct, besides those that always do. */
interface CheckSettings {
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

/** Tells which rules hold for a construct, by its own settings and those of the scopes around it. */
export function rulesOf(construct: IConstruct): (rule: RuleInfo) => boolean {
  const settings = settingsAround(construct);
  if (settings.length === 0) {
    return isOnByDefault;
  }
  // The object that a helper of a custom resource creates is no custom resource, though it stands inside one.
  const canBeIgnored = ({ level }: RuleInfo): boolean => level !== 'enforced' || isCustomResource(construct);
  return (rule) =>
    (isOnByDefault(rule) || settings.some(({ required }) => required.has(rule.id))) &&
    !(canBeIgnored(rule) && settings.some(({ ignored }) => ignored.has(rule.id)));
}

/** Whether a rule that something else than a setting asks for was switched off for a construct. */
export function isIgnored(construct: IConstruct, rule: string): boolean {
  return settingsAround(construct).some(({ ignored }) => ignored.has(rule));
}

function settingsAround(construct: IConstruct): CheckSettings[] {
  const settings: CheckSettings[] = [];
  for (let scope: Configured | undefined = construct; scope; scope = scope.node.scope) {
    if (scope[SETTINGS]) {
      settings.push(scope[SETTINGS]);
    }
  }
  return settings;
}
