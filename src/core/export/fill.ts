/**
 * A template's text with `{{name}}` replaced by the value of that name. Values are put in as they are: whoever calls this
 * knows that they are safe where they go.
 * @throws Error where the template asks for a value that is not there
 */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    if (!Object.hasOwn(values, name)) throw new Error(`A template asks for ${name}, which is not known`);
    return values[name]!;
  });
}
