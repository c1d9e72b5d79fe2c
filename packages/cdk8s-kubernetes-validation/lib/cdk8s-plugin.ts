import type { Validation, ValidationContext } from 'cdk8s-cli/lib/plugins';
import { judgeFile, readText } from './manifest-file';
import { isVersion, kubernetesVersion } from './server-code';
import { FindingLevel } from './server-finding';

/** What `properties:` of the validation in cdk8s.yaml may say; see `KubernetesValidationOptions`. */
interface PluginProperties {
  readonly version?: string;
  readonly failOnWarnings?: boolean;
  readonly failOnUnjudged?: boolean;
}

/**
 * A validation plugin of cdk8s-cli: what `cdk8s synth` runs for `validations:` in cdk8s.yaml.
 *
 * @internal
 */
export class KubernetesValidationPlugin implements Validation {
  public constructor(private readonly properties: PluginProperties = {}) {
    const known = ['version', 'failOnWarnings', 'failOnUnjudged'];
    const unknown = Object.keys(properties).filter((name) => !known.includes(name));
    if (unknown.length > 0) {
      throw new Error(`validations: there is no property ${unknown.join(', ')}; there are ${known.join(', ')}`);
    }
    const { version, ...flags }: Readonly<Record<string, unknown>> = { ...properties };
    if (version !== undefined && !isVersion(version)) {
      throw new Error(`validations: version is ${JSON.stringify(version)}; write it in quotes, for instance "1.31"`);
    }
    for (const [name, flag] of Object.entries(flags)) {
      if (flag !== undefined && typeof flag !== 'boolean') {
        throw new Error(`validations: ${name} is ${JSON.stringify(flag)}; write true or false, without quotes`);
      }
    }
  }

  public validate(context: ValidationContext): Promise<void> {
    const { version, failOnWarnings = false, failOnUnjudged = false } = this.properties;
    const fails = {
      [FindingLevel.ERROR]: true,
      [FindingLevel.WARNING]: failOnWarnings,
      [FindingLevel.UNJUDGED]: failOnUnjudged,
    };
    const verdicts = context.manifests.map((file) => judgeFile(file, readText(file), version));
    const findings = verdicts.flatMap((verdict) => verdict.findings);
    for (const { file, line, level, kind, name, field, reason, message } of findings) {
      const where = field === '' ? kind : field;
      context.report.addViolation({
        ruleName: `${level}: ${where} (${reason})`,
        recommendation: message,
        fix: `change ${where} where the construct is defined`,
        violatingResources: [{ resourceName: name, locations: [`${where} (line ${line})`], manifestPath: file }],
      });
    }
    context.report.submit(findings.some(({ level }) => fails[level]) ? 'failure' : 'success', {
      Kubernetes: kubernetesVersion(),
      Objects: String(verdicts.reduce((sum, { documents }) => sum + documents, 0)),
    });
    return Promise.resolve();
  }
}
