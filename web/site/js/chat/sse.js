// Server-sent events, the parsing rules of the HTML standard, as a pure parser that is fed text in
// any pieces. It ends no stream by itself: "[DONE]" is the business of the reader of the events.

/** Longest event we take, in characters: a change event with 128 coins is about 30,000. */
export const MAX_EVENT_CHARS = 1_000_000;

/** Raised when a stream sends an event larger than any real one. */
export class SseError extends Error {}

/** Turns pieces of a stream into events `{event, data}`. */
export class SseParser {
  #rest = '';
  #data = [];
  #event = '';
  #size = 0;
  #atStart = true;

  /** Takes the next piece and returns the events that became complete, in order. */
  feed(text) {
    let input = this.#rest + text;
    if (this.#atStart && input.length > 0) {
      this.#atStart = false;
      input = input.startsWith('\uFEFF') ? input.slice(1) : input;
    }
    const events = [];
    let from = 0;
    for (let i = 0; i < input.length; i += 1) {
      const isReturn = input[i] === '\r';
      if (!isReturn && input[i] !== '\n') {
        continue;
      }
      if (isReturn && i + 1 === input.length) {
        break; // the other half of a CR LF may be in the next piece
      }
      this.#line(input.slice(from, i), events);
      i += isReturn && input[i + 1] === '\n' ? 1 : 0;
      from = i + 1;
    }
    this.#rest = input.slice(from);
    this.#checkSize(this.#rest.length);
    return events;
  }

  /** The stream is over: returns the last event even if its blank line never came. */
  end() {
    const events = [];
    if (this.#rest !== '') {
      this.#line(this.#rest.replace(/\r$/, ''), events);
      this.#rest = '';
    }
    this.#dispatch(events);
    return events;
  }

  #line(line, events) {
    if (line === '') {
      this.#dispatch(events);
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) {
      return; // a comment, sent to keep the connection open
    }
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') {
      this.#data.push(value);
      this.#size += value.length;
      this.#checkSize(0);
    } else if (field === 'event') {
      this.#event = value;
    }
  }

  #dispatch(events) {
    if (this.#data.length > 0) {
      events.push({ event: this.#event || 'message', data: this.#data.join('\n') });
    }
    this.#data = [];
    this.#event = '';
    this.#size = 0;
  }

  #checkSize(more) {
    if (this.#size + more > MAX_EVENT_CHARS) {
      throw new SseError(`an event of the stream is longer than ${MAX_EVENT_CHARS} characters`);
    }
  }
}
