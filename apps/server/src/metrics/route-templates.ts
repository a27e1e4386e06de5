/** The template of a path, such as `/auth/sessions/{id}`; `other` for all paths that no template describes. */
export type FindTemplate = (path: string) => string;

export const OTHER = 'other';

/** So that a metric has as many routes as there are, whatever is asked for. */
export function createTemplateFinder(templates: readonly string[]): FindTemplate {
  const fixed = new Set(templates.filter((template) => !template.includes('{')));
  const patterns = templates
    .filter((template) => !fixed.has(template))
    .map((template) => [patternOf(template), template] as const);
  return (path) => {
    if (fixed.has(path)) return path;
    return patterns.find(([pattern]) => pattern.test(path))?.[1] ?? OTHER;
  };
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
