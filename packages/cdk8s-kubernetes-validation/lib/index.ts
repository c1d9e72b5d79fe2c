export * from './kubernetes-validation';
export { FindingLevel, ServerFinding, ServerVerdict } from './server-finding';
