import { Chart } from 'cdk8s';
import { ManifestApp } from '../../../lib';
import { inFolder } from './run';

/** The manifests of a chart that is made here; an error of synthesis is one of the test. */
export function synthesized(define: (chart: Chart) => void): string {
  const app = new ManifestApp({ outdir: inFolder('nothing-is-written-here') });
  define(new Chart(app, 'chart'));
  return app.synthYaml();
}

/** What synthesis says against a chart; the empty string where it says nothing. */
export function complaintsOf(define: (chart: Chart) => void): string {
  try {
    synthesized(define);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
