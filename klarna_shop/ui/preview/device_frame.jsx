// A page in a device's real width, scaled to the room there is.
import { useEffect, useRef, useState } from "react";

export function DeviceFrame({ src, title, width, height, persona }) {
  const room = useRef(null);
  const [scale, setScale] = useState(0);
  useEffect(() => {
    // The observer may still tell of a frame that has just been taken away.
    const measure = () => room.current && setScale(Math.min(1, room.current.clientWidth / width));
    const watcher = new ResizeObserver(measure);
    watcher.observe(room.current);
    measure();
    return () => watcher.disconnect();
  }, [width]);
  return (
    <div ref={room}>
      <div className="device-frame" style={{ width: width * scale, height: height * scale }}>
        <iframe
          src={src}
          title={title}
          data-testid="studio-preview"
          data-persona={persona}
          className="device-frame__page"
          width={width}
          height={height}
          style={{ width, height, transform: `scale(${scale})` }}
        />
      </div>
    </div>
  );
}

// Brings what the decision came to into view, in all frames at once; the page around them stays where it is.
export function ToTheWalls() {
  const show = () => {
    for (const frame of document.querySelectorAll('iframe[data-testid="studio-preview"]')) {
      const place = frame.contentDocument?.querySelector(".article__rest");
      if (place) {
        const top = place.getBoundingClientRect().top + frame.contentWindow.scrollY;
        frame.contentWindow.scrollTo({ top: top - frame.height / 4, behavior: "instant" });
      }
    }
  };
  return (
    <button type="button" className="button button--secondary" data-testid="preview-walls" onClick={show}>
      Scroll to the walls
    </button>
  );
}

// Keeps the address bar at what is shown. No navigation: that would ask the server for the page's first events.
export function AddressBar({ address }) {
  useEffect(() => {
    if (address) window.history.replaceState(window.history.state, "", address);
  }, [address]);
  return null;
}

// A link that is copied as soon as it is there, and again on a press.
export function CopiedLink({ link }) {
  const [said, setSaid] = useState("");
  const copy = () =>
    navigator.clipboard
      .writeText(link)
      .then(() => setSaid("Copied."))
      .catch(() => setSaid("The browser did not copy it: select the link and copy it yourself."));
  useEffect(() => {
    setSaid("");
    if (link) copy();
  }, [link]);
  if (!link) return null;
  return (
    <div className="copied-link">
      <input
        readOnly
        value={link}
        aria-label="Share link"
        data-testid="share-link"
        className="field__input"
        onFocus={(event) => event.target.select()}
      />
      <button type="button" className="button button--secondary" onClick={copy}>
        Copy
      </button>
      <span role="status">{said}</span>
    </div>
  );
}
