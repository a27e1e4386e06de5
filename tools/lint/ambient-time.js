import { aliasedModules, globals, refusedModules, timers } from './ambient-sources.js';
import { placeOf } from './place.js';

/**
 * Where the outside may be touched: `platform` is what stands behind the ports, and the contract suite in `testing`
 * waits for real stores.
 *
 * @param {string} room
 * @param {string} advice
 */
function isAllowed(room, advice) {
  return room === 'platform' || (room === 'testing' && advice === timers);
}

/**
 * Time, randomness and the environment come through ports, so that a test can rule them and an embedder replace them.
 * Finds a global by its scope and not by its spelling: a parameter called `performance` is no clock.
 */
export const ambientTime = {
  meta: {
    type: 'problem',
    docs: { description: 'Time, randomness and the environment come through ports.' },
  },
  /** @param {any} context */
  create(context) {
    const place = placeOf(context.filename);
    if (place?.kind !== 'room') return {};
    /** @type {(node: any, name: string, advice: string) => void} */
    const report = (node, name, advice) => {
      if (isAllowed(place.room, advice)) return;
      context.report({ node, message: `'${name}' is ambient: ${advice}` });
    };

    return {
      'Program:exit'() {
        const scope = context.sourceCode.scopeManager.globalScope;
        for (const name of Object.keys(globals)) {
          const declared = scope.set.get(name)?.references ?? [];
          /** @type {any[]} */
          const unresolved = scope.through.filter((/** @type {any} */ each) => each.identifier.name === name);
          for (const { identifier } of new Set([...declared, ...unresolved])) judge(identifier, name, report);
        }
      },
      /** @param {any} node */
      ImportDeclaration(node) {
        if (node.importKind !== 'type') judgeImport(context, node, report);
      },
      /** @param {any} node */
      ExportNamedDeclaration: (node) =>
        judgeWhole(
          node,
          report,
          node.specifiers.map((/** @type {any} */ each) => each.local),
        ),
      /** @param {any} node */
      ExportAllDeclaration: (node) => judgeWhole(node, report),
      /** @param {any} node */
      ImportExpression: (node) => judgeWhole(node, report),
    };
  },
};

/**
 * @param {any} node the expression that stands for the global
 * @param {string} name of the global
 * @param {(node: any, name: string, advice: string) => void} report
 */
function judge(node, name, report) {
  const rule = globals[name];
  if (rule === undefined || isType(node)) return;
  if (name === 'Date') {
    if (!isHarmlessDate(node)) report(node, dateName(node), rule.advice);
    return;
  }
  if (rule.members === undefined) {
    report(node, name, rule.advice);
    return;
  }
  for (const { at, key } of membersTaken(node)) {
    if (name === 'globalThis' || name === 'global') judge(at, key, report);
    else if (rule.members.includes(key)) report(at, `${name}.${key}`, rule.advice);
  }
}

/** @param {any} node */
function isType(node) {
  return /^TS(TypeReference|TypeQuery|QualifiedName|InterfaceHeritage|ClassImplements|ExpressionWithTypeArguments)$/.test(
    node.parent?.type,
  );
}

/**
 * `new Date(ms)`, `Date.parse`, `Date.UTC` and `instanceof Date` compute with times that were handed in.
 *
 * @param {any} node
 */
function isHarmlessDate(node) {
  const { parent } = node;
  if (parent.type === 'NewExpression') return parent.callee !== node || parent.arguments.length > 0;
  if (parent.type === 'MemberExpression')
    return parent.object === node && /^(parse|UTC|prototype)$/.test(keyOf(parent) ?? '');
  return parent.type === 'BinaryExpression' && parent.operator === 'instanceof';
}

/** @param {any} node */
function dateName(node) {
  if (node.parent.type === 'NewExpression') return 'new Date()';
  return node.parent.type === 'MemberExpression' && node.parent.object === node
    ? `Date.${keyOf(node.parent)}`
    : 'Date';
}

/**
 * The members that an expression is asked for: `x.a`, `x['a']`, `const { a } = x`.
 *
 * @param {any} node
 * @returns {{ at: any, key: string }[]}
 */
function membersTaken(node) {
  const { parent } = node;
  if (parent.type === 'MemberExpression' && parent.object === node) {
    const key = keyOf(parent);
    return key === undefined ? [] : [{ at: parent, key }];
  }
  if (parent.type !== 'VariableDeclarator' || parent.init !== node || parent.id.type !== 'ObjectPattern')
    return [];
  return parent.id.properties.flatMap((/** @type {any} */ property) =>
    property.key?.name === undefined ? [] : [{ at: property, key: property.key.name }],
  );
}

/** @param {any} member */
function keyOf(member) {
  return member.computed ? member.property.value : member.property.name;
}

/**
 * @param {any} context
 * @param {any} node
 * @param {(node: any, name: string, advice: string) => void} report
 */
function judgeImport(context, node, report) {
  const global = aliasedModules[node.source.value];
  for (const specifier of node.specifiers) {
    if (specifier.type === 'ImportSpecifier' || global === undefined) continue;
    // `import crypto from 'node:crypto'`: the local name stands for the global of the same members.
    for (const variable of context.sourceCode.getDeclaredVariables(specifier)) {
      for (const { identifier } of variable.references) judge(identifier, global, report);
    }
  }
  const named = node.specifiers.filter(
    (/** @type {any} */ each) => each.type === 'ImportSpecifier' && each.importKind !== 'type',
  );
  judgeWhole(
    node,
    report,
    named.map((/** @type {any} */ each) => each.imported),
  );
}

/**
 * @param {any} node with a source
 * @param {(node: any, name: string, advice: string) => void} report
 * @param {any[]} [names] what is taken by name; all, if absent
 */
function judgeWhole(node, report, names) {
  const source = node.source?.value;
  if (source === undefined) return;
  const refused = refusedModules[source];
  if (refused !== undefined) {
    report(node, source, refused);
    return;
  }
  const rule = globals[aliasedModules[source] ?? ''];
  if (rule?.members === undefined) return;
  if (names === undefined) {
    report(node, source, `${rule.advice} What is harmless in this module, import by name.`);
    return;
  }
  for (const name of names) if (rule.members.includes(name.name)) report(name, name.name, rule.advice);
}
