/** The sound of a ring: two soft tones by WebAudio, nothing to download. */

export interface Chime {
  /** Whether the browser lets it sound; it does so only after a click or key on the page. */
  ready(): boolean;
  /** Ask the browser; true when it will sound from now on. Call it from a click. */
  unlock(): Promise<boolean>;
  play(): void;
}

const NOTES = [
  { at: 0, hertz: 659.26 },
  { at: 0.18, hertz: 880 },
];
const LENGTH = 0.9;
const LOUDNESS = 0.16;

export function createChime(): Chime {
  let audio: AudioContext | null = null;
  const open = (): AudioContext | null => {
    try {
      audio ??= new AudioContext();
    } catch {
      // A browser without sound; the title and the panel still call.
    }
    return audio;
  };
  return {
    ready: () => audio?.state === 'running',
    async unlock() {
      const context = open();
      // Without a click the promise stays pending for ever, so it is not waited for alone.
      await Promise.race([context?.resume().catch(() => undefined), new Promise((done) => setTimeout(done, 300))]);
      return context?.state === 'running';
    },
    play() {
      const context = open();
      if (context?.state === 'running') for (const note of NOTES) tone(context, note.hertz, context.currentTime + note.at);
    },
  };
}

/** One soft tone: quick rise, slow fall. */
function tone(context: AudioContext, hertz: number, at: number): void {
  const source = context.createOscillator();
  const volume = context.createGain();
  source.type = 'sine';
  source.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + LENGTH);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + LENGTH);
}
