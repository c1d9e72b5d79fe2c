/** The app that `cdk8s synth` is measured by: one chart with nothing in it. */
import { App, Chart } from 'cdk8s';

const app = new App();
new Chart(app, 'empty');
app.synth();
