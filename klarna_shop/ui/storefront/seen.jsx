// Tells once that what it stands in was really seen: half of it, or half a window of it, for one second.
import { useEffect, useRef } from "react";

const LONG_ENOUGH = 1000;
const STEPS = Array.from({ length: 21 }, (_, step) => step / 20);

export function Seen({ subject, onSeen }) {
  const mark = useRef(null);
  const told = useRef(onSeen);
  told.current = onSeen;
  useEffect(() => {
    const root = document.documentElement;
    const target = mark.current?.parentElement;
    if (!subject || !target) return undefined;
    let inView = false;
    let timer = 0;
    const stop = () => {
      clearTimeout(timer);
      timer = 0;
    };
    const look = () => {
      const counts = inView && root.dataset.measuring === "accepted" && document.visibilityState === "visible";
      if (!counts) return stop();
      if (!timer) {
        timer = setTimeout(() => {
          finish();
          told.current();
        }, LONG_ENOUGH);
      }
      return undefined;
    };
    const views = new IntersectionObserver(
      ([entry]) => {
        const seen = entry.intersectionRect.height;
        inView = entry.isIntersecting && (entry.intersectionRatio >= 0.5 || seen >= window.innerHeight / 2);
        look();
      },
      { threshold: STEPS },
    );
    const answers = new MutationObserver(look);
    const finish = () => {
      stop();
      views.disconnect();
      answers.disconnect();
      document.removeEventListener("visibilitychange", look);
    };
    views.observe(target);
    answers.observe(root, { attributes: true, attributeFilter: ["data-measuring"] });
    document.addEventListener("visibilitychange", look);
    return finish;
  }, [subject]);
  return <span ref={mark} hidden />;
}
