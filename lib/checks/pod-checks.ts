import { IConstruct } from 'constructs';
import { settingsOf } from '../workloads/check-settings';
import { WEAVING_RULES } from '../findings/finding';
import { addValidation } from '../findings/synthesis';
import { didYouMean } from '../values/nearest';
import { quoteList } from '../values/text';
import { assertHasWholePod } from '../workloads/joins-pod';
import { isCustomResource } from '../workloads/pod-template';
import { asConstruct, assertShape, fields, text } from '../values/shape';
import { ScopeChecks } from './scope-checks';
import { RuleInfo, RULES } from '../rules';

/**
 * The checks of pods at synthesis.
 *
 * Every workload with a helper is checked, and what the helper brings besides, by the rules that `docs/rules` lists. All
 * findings of an app come in one error, before a file is written.
 *
 * @example
 *
 * PodChecks.of(app).checkAll().require(PodRules.PINNED_IMAGE);
 * PodChecks.of(web).ignore(PodRules.PORT_NAME_SHARED, 'no Service uses the name');
 */
export class PodChecks {
  /**
   * The checks of everything inside a scope.
   *
   * @param scope a workload, a chart, an app or any other construct
   * @throws when it is no construct
   */
  public static of(scope: IConstruct): PodChecks {
    return new PodChecks(asConstruct('PodChecks.of', scope));
  }

  private constructor(private readonly scope: IConstruct) {}

  /**
   * Checks all workloads inside the scope, with helpers or without, and its ConfigMaps and Services too; of all other
   * objects names, labels, annotations and numbers. So it does with the items of a `List`, and with what is added to the
   * scope later.
   *
   * With an `App` of cdk8s, which validates everything once per chart, what was accepted is not looked at again: change nothing
   * of it between two syntheses of one app. A `ManifestApp` looks at everything in each.
   */
  public checkAll(): PodChecks {
    addValidation(this.scope, new ScopeChecks(this.scope));
    return this;
  }

  /**
   * Switches a rule off inside the scope.
   *
   * @param rule the rule's id, as it stands in the finding; `PodRules` has them all
   * @param reason why it does not apply here, for whoever reads the code
   * @throws when there is no such rule, no reason, or the API server enforces the rule, which it does not where the
   * scope is a custom resource
   */
  public ignore(rule: string, reason: string): PodChecks {
    assertShape(this.path, { rule, reason }, fields({ rule: text, reason: text }));
    if (isWeavingRule(rule)) {
      throw new Error(
        `${this.path}: "${rule}" cannot be ignored, because the helper could not do what it is there for; do what the ` +
          'finding says (docs/weaving/README.md)',
      );
    }
    const { id, level } = this.find(rule);
    if (level === 'enforced' && !isCustomResource(this.scope)) {
      throw new Error(
        `${this.path}: rule "${id}" cannot be ignored, because the API server rejects what breaks it; mend the ` +
          'manifest instead',
      );
    }
    if (reason.trim() === '') {
      throw new Error(`${this.path}: say why rule "${id}" is to be ignored`);
    }
    settingsOf(this.scope).ignored.set(id, reason);
    return this;
  }

  /**
   * Asks for an opt-in rule inside the scope, such as `pod-security-restricted` or `pinned-image`.
   *
   * @param rule the rule's id; `PodRules` has them all
   * @throws when there is no such rule, it holds without being asked for, or the scope is a helper
   */
  public require(rule: string): PodChecks {
    assertShape(this.path, { rule }, fields({ rule: text }));
    assertHasWholePod(this.scope, 'rules that are opt-in hold for whole pods, not for one helper; require them');
    if (isWeavingRule(rule) || this.find(rule).level !== 'opt-in') {
      throw new Error(`${this.path}: rule "${rule}" holds anyway; leave out "require"`);
    }
    settingsOf(this.scope).required.add(rule);
    return this;
  }

  private find(id: string): RuleInfo {
    const rule = RULES.find((candidate) => candidate.id === id);
    if (!rule) {
      const ids = RULES.map((known) => known.id);
      throw new Error(
        `${this.path}: there is no rule "${id}"${didYouMean(id, ids) || `; there are ${quoteList(ids)}`}`,
      );
    }
    return rule;
  }

  private get path(): string {
    return this.scope.node.path || 'the app';
  }
}

/** What weaving finds has an id as well, but is no rule that could be switched. */
function isWeavingRule(id: string): boolean {
  return (WEAVING_RULES as readonly string[]).includes(id);
}
