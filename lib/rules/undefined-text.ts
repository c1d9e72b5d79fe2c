import { lacksValue } from '../values/missing-value';
import { quote } from './reading/fields';
import { PodSubject, Rule } from './rule';

const NAME = /^(image|name|\w+Name)$/;
/** At either end of a name: within one it may be meant. */
const IN_NAME = /(^|\/)(undefined|NaN)-|-(undefined|NaN)(?=[:@]|$)/;
const NULL_TAG = /[:@]null$/;

export const undefinedText: Rule<PodSubject> = {
  id: 'undefined-text',
  level: 'default',
  summary:
    'No text has undefined, NaN or [object Object] where a value belongs: that is what JavaScript makes of none.',
  source: 'https://developer.mozilla.org/docs/Web/JavaScript/Reference/Template_literals',
  check({ manifest }, report) {
    visit(manifest, [], (text, path) => {
      const place = path.map((step, index) =>
        typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`,
      );
      report(
        `${place.join('')} is ${quote(text)}, where a value was missing or no string; give it the value, or correct how ` +
          'the text is put together',
      );
    });
  },
};

type Path = readonly (string | number)[];

/** The path is that of the value only as long as it is visited. */
function visit(value: unknown, path: (string | number)[], report: (text: string, path: Path) => void): void {
  if (typeof value === 'string') {
    if (lacksValueAt(value, path.at(-1))) {
      report(value, path);
    }
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      path.push(index);
      visit(value[index], path, report);
      path.pop();
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value)) {
      path.push(name);
      visit((value as Record<string, unknown>)[name], path, report);
      path.pop();
    }
  }
}

function lacksValueAt(text: string, field: string | number | undefined): boolean {
  return (
    lacksValue(text) ||
    (!/\s/.test(text) &&
      ((typeof field === 'string' && NAME.test(field) && IN_NAME.test(text)) ||
        (field === 'image' && NULL_TAG.test(text))))
  );
}
