import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Redial } from './index.ts';

const socket = { connect: vi.fn(), disconnect: vi.fn() };
const down = vi.fn<() => void>();
let redial: Redial;

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  redial = new Redial(socket, down);
});

afterEach(() => {
  redial.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('gives up on a try that hears nothing, and goes on trying', () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  redial.open();
  for (const [place, pause] of [1000, 2000, 2000, 2000, 2000, 4000, 8000, 10_000, 10_000].entries()) {
    expect(socket.connect).toHaveBeenCalledTimes(place + 1);
    vi.advanceTimersByTime(10_000);
    expect(down).toHaveBeenCalledTimes(place + 1);
    vi.advanceTimersByTime(pause);
  }
});

it('waits longer after each loss, until the hub has let it in', () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const pauses = [1000, 2000, 2000, 2000, 2000, 4000];
  for (const pause of pauses) {
    redial.lost();
    vi.advanceTimersByTime(pause - 1);
    expect(socket.connect).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(socket.connect).toHaveBeenCalledOnce();
    redial.up();
    socket.connect.mockClear();
  }
  redial.settled();
  redial.lost();
  vi.advanceTimersByTime(1000);
  expect(socket.connect).toHaveBeenCalledOnce();
});

it('leaves a line alone that stands', () => {
  redial.open();
  redial.up();
  vi.advanceTimersByTime(3_600_000);
  expect(down).not.toHaveBeenCalled();
  expect(socket.connect).toHaveBeenCalledOnce();
});

it('is silent once closed', () => {
  redial.lost();
  redial.close();
  vi.advanceTimersByTime(60_000);
  expect(socket.connect).not.toHaveBeenCalled();
});
