/** A soft two-note tone for a new line, made with WebAudio: no file, no network. */

let context: AudioContext | null = null;

/** Browsers allow sound only after a gesture: call from one, so that the tone can play later. */
export function unlockSound(): void {
  if (context !== null || typeof AudioContext === 'undefined') return;
  context = new AudioContext();
}

export function playTone(): void {
  if (context === null) return;
  void context.resume();
  const start = context.currentTime + 0.02;
  note(context, 659.25, start);
  note(context, 880, start + 0.11);
}

function note(audio: AudioContext, pitch: number, start: number): void {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.type = 'sine';
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.06, start + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0005, start + 0.35);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + 0.4);
}
