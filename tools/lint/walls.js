import { isPure, judgeImport } from './judge-import.js';
import { placeOf } from './place.js';

/**
 * Closes what the TypeScript projects leave open: rooms reached through another's references, packages, the
 * library's own name, build output, and Node's types let in by an ambient declaration.
 */
export const walls = {
  meta: { type: 'problem', docs: { description: 'A room imports only what tools/rooms.js lists for it.' } },
  /** @param {any} context */
  create(context) {
    const place = placeOf(context.filename);
    if (place === undefined) return {};
    /** @type {(node: any, message: string | undefined) => void} */
    const report = (node, message) => {
      if (message !== undefined) context.report({ node, message });
    };
    /** @param {any} node */
    const judgeSource = (node) => {
      if (node.source) report(node.source, judgeImport(place, String(node.source.value)));
    };
    const everywhere = {
      ImportDeclaration: judgeSource,
      ExportAllDeclaration: judgeSource,
      ExportNamedDeclaration: judgeSource,
      TSImportType: judgeSource,
      /** @param {any} node */
      TSExternalModuleReference: (node) => report(node, judgeImport(place, String(node.expression.value))),
      /** @param {any} node */
      ImportExpression: (node) => {
        if (typeof node.source.value === 'string') judgeSource(node);
        else if (place.kind === 'room') report(node, computedImport);
      },
    };
    if (place.kind === 'app') return everywhere;
    return { ...everywhere, ...backDoors(context, report), ...(isPure(place) ? declarations(report) : {}) };
  },
};

const computedImport =
  'Write the specifier of a dynamic import as one string literal: a computed one cannot be checked against the walls.';

/**
 * @param {any} context
 * @param {(node: any, message: string) => void} report
 */
function backDoors(context, report) {
  return {
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (/^\/\s*<reference/.test(comment.value)) {
          report(
            comment,
            "A reference comment walks around the walls. Import what you need; what a room's types are is set in its tsconfig.json.",
          );
        }
      }
    },
    /** @param {any} node */
    MemberExpression(node) {
      if ((node.property.name ?? node.property.value) === 'getBuiltinModule') {
        report(
          node,
          'getBuiltinModule walks around the walls. Import the module by name, where tools/rooms.js allows it.',
        );
      }
    },
  };
}

const ambient =
  "A pure room declares no globals of its own: that is how Node's would slip in. Take it through a port, or, if every JavaScript runtime has it, add it to src/ambient.";

/**
 * Ambient declarations, but for `declare const brand: unique symbol`, which is a type's name and not a global's.
 *
 * @param {(node: any, message: string) => void} report
 */
function declarations(report) {
  /** @param {any} node */
  const refuse = (node) => {
    if (node.declare || node.global) report(node, ambient);
  };
  return {
    TSModuleDeclaration: refuse,
    TSDeclareFunction: refuse,
    ClassDeclaration: refuse,
    TSEnumDeclaration: refuse,
    /** @param {any} node */
    VariableDeclaration(node) {
      const isBrand = node.declarations.every(
        /** @param {any} each */ (each) => each.id.typeAnnotation?.typeAnnotation?.operator === 'unique',
      );
      if (!isBrand) refuse(node);
    },
  };
}
