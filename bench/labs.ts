/** The tutorial's labs and fragments, without the exercises and use cases of `charts/main.ts`. */
import { addLabs } from '../charts/labs';
import { ManifestApp } from '../lib';

const app = new ManifestApp({ outputFileExtension: '.yaml' });
addLabs(app);
app.synth();
