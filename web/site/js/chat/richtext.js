// The text of an answer as blocks, from the small part of Markdown that models write all the time.
// Pure: it builds data, never markup. Whatever it does not know stays text.
//
//   {type: 'paragraph'|'heading', inlines} · {type: 'code', language, text, isOpen}
//   {type: 'list', isOrdered, items: [inlines]}     inline: {style: ''|'code'|'strong'|'em', text}

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$/;
const HEADING = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/;
const ITEM = /^ {0,3}(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/;
const INLINE = /(`+)(.+?)\1(?!`)|\*\*(\S(?:.*?\S)?)\*\*|(?<![\w*])\*(\S(?:[^*]*?\S)?)\*(?![\w*])/s;

/** Splits a text, finished or still growing, into blocks. */
export function parseBlocks(text) {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const blocks = [];
  let index = 0;
  while (index < lines.length) {
    const take = TAKERS.find((taker) => taker.starts(lines[index]));
    index = take.read(lines, index, blocks);
  }
  return blocks;
}

const TAKERS = [
  { starts: (line) => line.trim() === '', read: (lines, index) => index + 1 },
  { starts: (line) => FENCE.test(line), read: readCode },
  { starts: (line) => HEADING.test(line), read: readHeading },
  { starts: (line) => ITEM.test(line), read: readList },
  { starts: () => true, read: readParagraph },
];

function readCode(lines, start, blocks) {
  const [, fence, language] = FENCE.exec(lines[start]);
  const isEnd = (line) =>
    line.trim().startsWith(fence) && line.trim().replaceAll(fence[0], '') === '';
  const length = lines.slice(start + 1).findIndex(isEnd);
  const isOpen = length < 0;
  const end = isOpen ? lines.length : start + 1 + length;
  blocks.push({ type: 'code', language, text: lines.slice(start + 1, end).join('\n'), isOpen });
  return end + 1;
}

function readHeading(lines, index, blocks) {
  blocks.push({ type: 'heading', inlines: parseInlines(HEADING.exec(lines[index])[1]) });
  return index + 1;
}

function readList(lines, start, blocks) {
  const isOrdered = ITEM.exec(lines[start])[2] !== undefined;
  const items = [];
  let index = start;
  while (index < lines.length && lines[index].trim() !== '' && !FENCE.test(lines[index])) {
    const match = ITEM.exec(lines[index]);
    if (match === null) {
      items[items.length - 1] += `\n${lines[index].trim()}`;
    } else if ((match[2] !== undefined) === isOrdered) {
      items.push(match[3]);
    } else {
      break;
    }
    index += 1;
  }
  const first = isOrdered ? Number(ITEM.exec(lines[start])[2]) : 1;
  blocks.push({ type: 'list', isOrdered, first, items: items.map(parseInlines) });
  return index;
}

function readParagraph(lines, start, blocks) {
  let end = start + 1;
  while (
    end < lines.length &&
    TAKERS.find((taker) => taker.starts(lines[end])).read === readParagraph
  ) {
    end += 1;
  }
  blocks.push({ type: 'paragraph', inlines: parseInlines(lines.slice(start, end).join('\n')) });
  return end;
}

/** Splits one line of text into plain, code, strong and emphasised pieces. */
export function parseInlines(text) {
  const pieces = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match !== null; match = INLINE.exec(rest)) {
    const [whole, , code, strong, em] = match;
    pieces.push({ style: '', text: rest.slice(0, match.index) });
    if (code !== undefined) {
      pieces.push({ style: 'code', text: code });
    } else {
      pieces.push({ style: strong === undefined ? 'em' : 'strong', text: strong ?? em });
    }
    rest = rest.slice(match.index + whole.length);
  }
  pieces.push({ style: '', text: rest });
  return pieces.filter((piece) => piece.text !== '');
}
