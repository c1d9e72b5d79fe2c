export * from './kubernetes-validation';
export * from './server-finding';
/** What `cdk8s synth` loads by its name. @internal */
export { KubernetesValidationPlugin } from './cdk8s-plugin';
