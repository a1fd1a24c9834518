import { useEffect, useLayoutEffect, useRef, useState } from "react";

const SEND_AFTER_MS = 250;
const FIELD = "field-";

// What has been typed and not yet sent, by field: sent at once before an undo, a save, or leaving the page.
const unsent = new Map();
const sendAll = () => [...unsent.values()].forEach((send) => send());

// The field that a variable goes into: the one written in last.
let lastField = null;

const pending = (is) => {
  document.getElementById("design-saved")?.toggleAttribute("data-pending", is);
};

/** A text field that never loses what is typed: it answers to the server only where nobody is writing. */
export function TypedField({ path, kind, value, generation, takesVariables, onTyped, ...rest }) {
  const [text, setText] = useState(value);
  const [shown, setShown] = useState({ value, generation });
  const id = rest.id ?? FIELD + path;
  const element = useRef(null);
  const waiting = useRef(null);
  const latest = useRef({});
  latest.current = { onTyped, text };

  if (shown.value !== value || shown.generation !== generation) {
    setShown({ value, generation });
    const isWriting = waiting.current !== null;
    const isElsewhere = typeof document !== "undefined" && document.activeElement !== element.current;
    if (!isWriting && (isElsewhere || shown.generation !== generation)) setText(value);
  }

  const send = () => {
    if (waiting.current === null) return;
    clearTimeout(waiting.current);
    waiting.current = null;
    unsent.delete(id);
    latest.current.onTyped?.(latest.current.text);
  };
  useEffect(() => () => send(), []);
  useLayoutEffect(() => {
    const area = element.current;
    if (kind !== "paragraph" || !area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  }, [text, kind]);

  const typed = (event) => {
    const now = event.target.value.replace(/[\r\n]+/g, " ");
    setText(now);
    latest.current.text = now;
    clearTimeout(waiting.current);
    waiting.current = setTimeout(send, SEND_AFTER_MS);
    unsent.set(id, send);
    pending(true);
  };
  const shared = {
    ...rest,
    ref: element,
    id,
    value: text,
    onChange: typed,
    onBlur: send,
    onFocus: () => {
      if (takesVariables) lastField = element.current;
    },
  };
  if (kind === "paragraph") return <textarea rows={1} {...shared} />;
  return <input type={TYPES[kind] ?? "text"} inputMode={kind === "number" ? "numeric" : undefined} {...shared} />;
}

const TYPES = { moment: "datetime-local", swatch: "color" };

/** Writes a variable where the cursor is, or was: in the field of the copy that was written in last. */
export function VariableButton({ variable, className, title }) {
  const write = () => {
    const field = lastField?.isConnected ? lastField : document.querySelector("[data-variables]");
    if (!field) return;
    const { selectionStart: from, selectionEnd: to, value } = field;
    const told = `{${variable}}`;
    const write = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set;
    write.call(field, value.slice(0, from) + told + value.slice(to));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    requestAnimationFrame(() => field.setSelectionRange(from + told.length, from + told.length));
  };
  return (
    <button
      type="button"
      className={className}
      title={title}
      onMouseDown={(event) => event.preventDefault()}
      onClick={write}
    >
      {`{${variable}}`}
    </button>
  );
}

/** Keys of the whole page, the place to go to, and what is to be sent before anything else happens. */
export function EditorKeys({ stamp, goTo, onUndo, onRedo, onSave }) {
  const latest = useRef({});
  latest.current = { onUndo, onRedo, onSave };
  useEffect(() => pending(unsent.size > 0), [stamp]);
  useEffect(() => {
    const pressed = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      const { onUndo, onRedo, onSave } = latest.current;
      const does =
        key === "s" ? onSave : key === "y" || (key === "z" && event.shiftKey) ? onRedo : key === "z" ? onUndo : null;
      const field = event.target.closest?.("input, textarea");
      // In a field of another form the browser's own undo goes on working.
      if (!does || (field && key !== "s" && !field.id.startsWith(FIELD))) return;
      event.preventDefault();
      sendAll();
      does();
    };
    const left = () => document.visibilityState === "hidden" && sendAll();
    document.addEventListener("keydown", pressed);
    document.addEventListener("visibilitychange", left);
    return () => {
      document.removeEventListener("keydown", pressed);
      document.removeEventListener("visibilitychange", left);
    };
  }, []);
  useEffect(() => {
    const path = goTo?.split(" ")[1];
    if (path) requestAnimationFrame(() => lead(path));
  }, [goTo]);
  return null;
}

/** Opens the part of the form that a path belongs to, and focuses the nearest field there is, or a button. */
function lead(path) {
  const tool = document.getElementById(path);
  if (tool) {
    const entry = tool.disabled ? tool.parentElement.querySelector("button:not(:disabled)") : tool;
    entry?.focus();
    return;
  }
  let parts = path.split(".");
  let found = null;
  while (!found && parts.length) {
    found = document.getElementById(FIELD + parts.join("."));
    parts = parts.slice(0, -1);
  }
  found ??= document.getElementById(`part-${path.split(".")[0]}`);
  if (!found) return;
  for (let around = found.closest("details"); around; around = around.parentElement.closest("details")) {
    around.open = true;
  }
  const takes = found.matches("input, textarea, select, summary")
    ? found
    : (found.querySelector("input, textarea, select") ?? found.querySelector("summary"));
  found.scrollIntoView({ block: "center" });
  takes?.focus({ preventScroll: true });
}

const LOOK_FOR_MS = 15_000;
const BAR_AND_FOOT = 172;
const NARROW = 720;

/** The live page in a device's window, made to fit; it looks again whenever `stamp` grows. */
export function LiveFrame({ src, width, height, fills, stamp, title, onNarrow }) {
  const box = useRef(null);
  const frame = useRef(null);
  const [room, setRoom] = useState({ width, height });
  useLayoutEffect(() => {
    const fit = () => {
      if (!box.current) return;
      const beside = getComputedStyle(box.current.parentElement).position === "sticky";
      const { offsetTop } = box.current;
      const tall = beside ? window.innerHeight - BAR_AND_FOOT - offsetTop : window.innerHeight * 0.7;
      setRoom({ width: box.current.clientWidth, height: Math.max(tall, 320) });
    };
    fit();
    if (window.innerWidth < NARROW) onNarrow?.();
    const watch = new ResizeObserver(fit);
    watch.observe(box.current);
    window.addEventListener("resize", fit);
    return () => {
      watch.disconnect();
      window.removeEventListener("resize", fit);
    };
  }, []);
  useEffect(() => {
    frame.current?.contentDocument?.getElementById("preview-refresh")?.click();
  }, [stamp]);
  // What one designs stands below the fold: the page begins at the wall.
  useEffect(() => {
    const began = Date.now();
    const looking = setInterval(() => {
      const inside = frame.current?.contentWindow;
      const wall = inside?.document.querySelector("[data-testid=paywall]");
      if (wall && inside.getComputedStyle(wall).position !== "fixed") {
        // Not scrollIntoView, which scrolls the studio around the frame as well.
        const above = Math.max(24, (inside.innerHeight - wall.offsetHeight) / 2);
        inside.scrollTo(0, wall.getBoundingClientRect().top + inside.scrollY - above);
      }
      if (wall || Date.now() - began > LOOK_FOR_MS) clearInterval(looking);
    }, 150);
    return () => clearInterval(looking);
  }, [src]);
  // A window that fills takes the room there is; a device keeps its shape and becomes smaller.
  const scale = Math.min(1, room.width / width, fills ? 1 : room.height / height);
  const tall = fills ? Math.round(room.height / scale) : height;
  const size = { width: `${width}px`, height: `${tall}px`, transform: `scale(${scale})` };
  const aside = Math.max(0, (room.width - width * scale) / 2);
  return (
    <div ref={box} className="live-frame" style={{ height: `${Math.round(tall * scale)}px` }}>
      <iframe
        ref={frame}
        src={src}
        title={title}
        data-testid="studio-preview"
        style={{ ...size, marginInlineStart: `${aside}px` }}
      />
    </div>
  );
}

/** Reads a file in the browser and hands its text on; nothing is uploaded. */
export function TextFile({ id, largest, onText, onTooLarge }) {
  const chosen = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    if (file.size > largest) onTooLarge?.();
    else onText?.(await file.text());
  };
  return <input id={id} type="file" accept="application/json,.json" onChange={chosen} className="field__input" />;
}
