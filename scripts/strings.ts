/** Strings that a person sees, with their places, by syntax tree: of the interface, typed errors, --help and templates. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { filesOf } from './importers.ts';
import { commentsOf, namesOf, sourcesOf } from './comments.ts';
import { ALLOWANCES, bannedIn, bannedNames, countByFile, shrinkAllowance } from './language.ts';
import { isProse, textOfHtml, textOfMarkdown, textOfPython } from './prose.ts';

const KINDS = Object.keys(ALLOWANCES) as (keyof typeof ALLOWANCES)[];

export interface ShownString {
  file: string;
  /** Line number, from 1. */
  line: number;
  /** String with values in braces: `Step {step} of {total}`. */
  text: string;
  /** Set for a label: its attribute, property or element. */
  labelOf?: LabelPlace | undefined;
}

/** `label` of NumberField, `header` of an object, or the text of an element `th`. */
export type LabelPlace =
  | { kind: 'attribute'; name: string; component: string }
  | { kind: 'property' | 'element'; name: string };

/** Attributes and properties whose value is always shown, even a short one. */
const SHOWN =
  /^(label|title|header|hint|placeholder|summary|alt|help|about|aria-(label|description|valuetext|roledescription)|unit|caption|judgement|evidence)$/;
/** Shown attributes that label the element next to them. */
const LABELS = /^(label|title|header)$/;
/** Elements whose text labels their neighbor. */
const LABEL_ELEMENTS = new Set(['th', 'dt', 'h1', 'h2', 'h3', 'legend', 'label', 'Label', 'summary']);
/** Attributes and properties that are never shown, even with several words. */
const HIDDEN =
  /^(className|class|style|columns|narrowColumns|rows|gridTemplate\w*|d|viewBox|points|transform|href|rel|media|allow|sizes|accept|pattern|kernel|code|source|env|workgroup|font)$/;
/** Calls whose words are code: selectors, styles, names of events. */
const CODE_CALLS =
  /^(querySelector(All)?|closest|matches|matchMedia|addEventListener|removeEventListener|createElement|cx|getContext|require|RegExp|execFileSync|spawn|exec|split|join|startsWith|endsWith|includes|indexOf|replace(All)?|getPropertyValue|setProperty|Error|TypeError|RangeError)$/;
/** Folders where only typed errors are shown; their other strings are code for GPUs and graphs. */
const CODE_FOLDERS = /^src\/core\/(gpu|ops|threads|onnx|nn)\/|\.wgsl\.ts$/;

const SOURCES =
  /^(src\/.*\.tsx?|(?:cli|node)\/.*\.ts|scripts\/(cli|start|setup)\.mjs|public\/templates\/.*|index\.html|src\/page\/.*\.html)$/;
const NOT_SHOWN = /\.test\.tsx?$|\.d\.ts$|\/testing\/|^node\/texts\/reader\.mjs$/;

/** All of a checkout, in the order of its files. */
export function shownStrings(root: string): ShownString[] {
  return filesOf(root)
    .filter((file) => SOURCES.test(file) && !NOT_SHOWN.test(file))
    .sort()
    .flatMap((file) => stringsOf(file, readFileSync(join(root, file), 'utf8')));
}

/** Strings of one file. */
export function stringsOf(file: string, source: string): ShownString[] {
  const place = ({ line, text }: { line: number; text: string }): ShownString => ({ file, line, text });
  if (file.endsWith('.md')) return textOfMarkdown(source).map(place);
  if (file.endsWith('.html')) return textOfHtml(source).map(place);
  if (file.endsWith('.py')) return textOfPython(source).map(place);
  if (!/\.(tsx?|mjs)$/.test(file)) return [];
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const found: ShownString[] = [];
  const isCode = CODE_FOLDERS.test(file);
  const add = (node: ts.Node, text: string, labelOf?: LabelPlace): void => {
    const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push({ file, line, text, ...(labelOf && { labelOf }) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isJsxElement(node) || ts.isJsxFragment(node)) addElement(node, add);
    else if (isText(node)) {
      const place = placeOf(node);
      const text = textOf(node);
      const isShown = place.isShown || (!place.isHidden && isProse(text) && (!isCode || place.isTyped));
      if (isShown && /\p{L}/u.test(text)) add(node, text, place.labelOf);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Words of an element with the values between them, as one string. */
function addElement(
  node: ts.JsxElement | ts.JsxFragment,
  add: (node: ts.Node, text: string, labelOf?: LabelPlace) => void,
): void {
  const words = node.children.filter(ts.isJsxText);
  const first = words.find(({ text }) => /\p{L}/u.test(text));
  if (!first) return;
  const text = node.children
    .map(childText)
    .join('')
    .replace(/\s+/g, ' ')
    .replace(/^( ?\{…\})+|(\{…\} ?)+$/g, '')
    .trim();
  const name = ts.isJsxElement(node) ? node.openingElement.tagName.getText() : '';
  add(first, text, LABEL_ELEMENTS.has(name) ? { kind: 'element', name } : undefined);
}

function childText(child: ts.JsxChild): string {
  if (ts.isJsxText(child)) return child.text;
  if (ts.isJsxExpression(child)) {
    if (!child.expression) return '';
    return ts.isStringLiteralLike(child.expression) ? child.expression.text : `{${short(child.expression)}}`;
  }
  if (ts.isJsxElement(child)) {
    const name = child.openingElement.tagName.getText();
    if (/^(b|i|em|strong|code|kbd|small|span|Term)$/.test(name)) return child.children.map(childText).join('');
  }
  return '{…}';
}

type Text = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateExpression;
const isText = (node: ts.Node): node is Text => ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);

function textOf(node: Text): string {
  if (!ts.isTemplateExpression(node)) return node.text;
  return (
    node.head.text +
    node.templateSpans.map(({ expression, literal }) => `{${short(expression)}}${literal.text}`).join('')
  );
}

/** A name for a value: `formatCount(step)` is `step`. */
function short(node: ts.Node): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node)) return short(node.expression);
  if (ts.isCallExpression(node)) return node.arguments[0] ? short(node.arguments[0]) : short(node.expression);
  return '…';
}

interface Place {
  isShown: boolean;
  isHidden: boolean;
  /** Whether it is in a typed error. */
  isTyped: boolean;
  labelOf?: LabelPlace;
}

/** Attribute, property or argument of a text. Goes up through `a ? b : c`, `??`, brackets and spreads. */
function placeOf(node: ts.Node): Place {
  const place = { isShown: false, isHidden: false, isTyped: isOfTypedError(node) };
  let at = node;
  for (;;) {
    const { parent } = at;
    if (ts.isJsxAttribute(parent)) {
      const name = parent.name.getText();
      const component = parent.parent.parent.tagName.getText();
      return { ...place, ...shownAs(name, { kind: 'attribute', name, component }) };
    }
    if (ts.isPropertyAssignment(parent)) {
      if (parent.name === at) return { ...place, isHidden: true };
      const name = parent.name.getText().replace(/^'|'$/g, '');
      return { ...place, ...shownAs(name, { kind: 'property', name }) };
    }
    if (isTransparent(parent, at)) at = parent;
    else return { ...place, isHidden: isHiddenIn(parent, at) };
  }
}

const shownAs = (name: string, labelOf: LabelPlace): Omit<Place, 'isTyped'> => ({
  isShown: SHOWN.test(name),
  isHidden: HIDDEN.test(name),
  ...(LABELS.test(name) && { labelOf }),
});

function isTransparent(parent: ts.Node, child: ts.Node): boolean {
  if (ts.isConditionalExpression(parent)) return parent.condition !== child;
  if (ts.isBinaryExpression(parent)) {
    const { kind } = parent.operatorToken;
    return (
      kind === ts.SyntaxKind.QuestionQuestionToken ||
      kind === ts.SyntaxKind.BarBarToken ||
      kind === ts.SyntaxKind.PlusToken
    );
  }
  return (
    ts.isJsxExpression(parent) ||
    ts.isParenthesizedExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isSatisfiesExpression(parent)
  );
}

function isHiddenIn(parent: ts.Node, child: ts.Node): boolean {
  if (ts.isCaseClause(parent) || ts.isElementAccessExpression(parent) || ts.isTaggedTemplateExpression(parent))
    return true;
  if (ts.isPropertyAccessExpression(parent)) return true;
  if (ts.isBinaryExpression(parent)) return /^[!=]==?$/.test(parent.operatorToken.getText());
  if (ts.isPropertyDeclaration(parent) || ts.isEnumMember(parent)) return parent.name === child;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return CODE_CALLS.test(calleeOf(parent));
  return false;
}

function calleeOf({ expression }: ts.CallExpression | ts.NewExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

function isOfTypedError(node: ts.Node): boolean {
  for (let at = node.parent; !ts.isBlock(at) && !ts.isSourceFile(at); at = at.parent) {
    if (
      (ts.isCallExpression(at) || ts.isNewExpression(at)) &&
      /^(HomegrownError|\w*[eE]rror|fail\w*)$/.test(calleeOf(at))
    )
      return calleeOf(at) !== 'Error';
  }
  return false;
}

/**
 * `npm run strings`: all of them, a line each. `--banned`: those with words that the language guide replaces, also in comments
 * and names; `--shrink` lowers their allowances.
 */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const strings = shownStrings(root);
  const sources = sourcesOf(root);
  const [comments, names] = [bannedIn(commentsOf(sources)), bannedNames(namesOf(sources))];
  const banned = { strings: bannedIn(strings), comments, names };
  if (process.argv.includes('--shrink')) {
    const over = KINDS.flatMap((kind) => shrinkAllowance(root, kind, countByFile(banned[kind])));
    for (const file of over) console.error(`${file} has more of them than it may`);
    process.exitCode = over.length > 0 ? 1 : 0;
  } else if (process.argv.includes('--banned')) {
    for (const { file, line, text, words } of [...banned.strings, ...comments])
      console.log(`${file}:${line}: [${words.join(', ')}] ${JSON.stringify(text)}`);
    for (const { file, text } of names) console.log(`${file}: ${text}`);
  } else for (const { file, line, text } of strings) console.log(`${file}:${line}: ${JSON.stringify(text)}`);
}
