import type * as directWriter from '../../lib/manifests/direct-writer';
import type * as manifestWriter from '../../lib/manifests/manifest-writer';

// Whatever a test writes goes through both writers: the yaml package says what the bytes are.
jest.mock<typeof directWriter>('../../lib/manifests/direct-writer', () => {
  const { writeDirectly } = jest.requireActual<typeof directWriter>('../../lib/manifests/direct-writer');
  return {
    writeDirectly: (manifest, style) => {
      const text = writeDirectly(manifest, style);
      if (text !== undefined) {
        const { writeThroughTree } = jest.requireActual<typeof manifestWriter>('../../lib/manifests/manifest-writer');
        expect(text).toBe(writeThroughTree(manifest, [], style));
      }
      return text;
    },
  };
});
