// In place of https://sdk.scdn.co/spotify-player.js: `Spotify.Player` with the methods and events that Spotify documents, and no
// others. Like the real one it works in a frame of its own origin, so that what a page allows is put to the test. Sound is
// only a position that moves with time; it begins where the page was activated by a tap, as browsers want it.
"use strict";
{
  const HOME = new URL(document.currentScript.src).origin;
  const ERRORS = ["initialization_error", "authentication_error", "account_error", "playback_error"];
  const EVENTS = ["ready", "not_ready", "player_state_changed", "autoplay_failed", ...ERRORS];
  const FRAME_MS = 5_000;

  class Player {
    #options;
    #listeners = new Map(EVENTS.map((event) => [event, new Set()]));
    #activated = false;
    #port = null;
    #frame = null;
    #asked = new Map();
    #state = null;
    #volume;

    constructor(options) {
      const { name, getOAuthToken, volume = 1 } = options ?? {};
      if (typeof name !== "string" || name === "") throw new TypeError("Spotify.Player needs a name");
      if (typeof getOAuthToken !== "function") throw new TypeError("Spotify.Player needs getOAuthToken");
      if (typeof volume !== "number" || !(volume >= 0 && volume <= 1)) throw new RangeError("volume is from 0 to 1");
      this.#options = { name, getOAuthToken };
      this.#volume = volume;
      (window.standinPlayers ??= []).push(this);
    }

    addListener(event, callback) {
      const listeners = this.#listeners.get(event);
      if (!listeners || typeof callback !== "function") throw new TypeError(`there is no event ${event}`);
      const isNew = !listeners.has(callback);
      listeners.add(callback);
      return isNew;
    }

    on(event, callback) {
      return this.addListener(event, callback);
    }

    removeListener(event, callback) {
      const listeners = this.#listeners.get(event);
      if (!listeners) return false;
      if (callback) return listeners.delete(callback);
      listeners.clear();
      return true;
    }

    /** Asks for a token each time, as documented. */
    async connect() {
      if (!(await this.#open())) {
        this.#emit("initialization_error", { message: "Failed to initialize player" });
        return false;
      }
      const token = await this.#token();
      const answer = await this.#ask({ connect: { token, name: this.#options.name } });
      if (answer.error) {
        this.#emit(answer.error, { message: answer.message });
        return false;
      }
      queueMicrotask(() => this.#emit("ready", { device_id: answer.device_id }));
      return true;
    }

    disconnect() {
      const frame = this.#frame;
      this.#ask({ order: "disconnect" }).then(() => frame?.remove());
      this.#frame = this.#port = this.#state = null;
    }

    async getCurrentState() {
      return this.#shown();
    }

    async setName(name) {
      this.#options.name = name;
    }

    async getVolume() {
      return this.#volume;
    }

    async setVolume(volume) {
      if (!(volume >= 0 && volume <= 1)) throw new RangeError("volume is from 0 to 1");
      this.#volume = volume;
    }

    async pause() {
      await this.#ask({ order: "pause" });
    }

    async resume() {
      await this.#ask({ order: "resume" });
    }

    async togglePlay() {
      await (this.#state?.paused === false ? this.pause() : this.resume());
    }

    async seek(position) {
      await this.#ask({ order: `seek?position_ms=${Math.trunc(position)}` });
    }

    /** What was asked for is one track: behind it nothing plays, before it stands its beginning. */
    async previousTrack() {
      await this.seek(0);
    }

    async nextTrack() {
      await this.seek(0);
      await this.pause();
    }

    async activateElement() {
      this.#activated ||= navigator.userActivation.isActive;
    }

    #token() {
      return new Promise((given) => this.#options.getOAuthToken(given));
    }

    async #renew() {
      const answer = await this.#ask({ token: await this.#token() });
      if (answer.error) this.#emit(answer.error, { message: answer.message });
    }

    async #open() {
      if (this.#port) return true;
      const { port1, port2 } = new MessageChannel();
      const frame = document.createElement("iframe");
      frame.src = `${HOME}/sdk/embedded`;
      frame.allow = "encrypted-media; autoplay";
      frame.title = "Spotify";
      frame.hidden = true;
      const isOpen = new Promise((resolve) => {
        port1.onmessage = ({ data }) => (data === "open" ? resolve(true) : this.#hear(data));
        setTimeout(resolve, FRAME_MS, false);
      });
      frame.onload = () => frame.contentWindow.postMessage("player", HOME, [port2]);
      document.body.append(frame);
      this.#frame = frame;
      this.#port = port1;
      if (await isOpen) return true;
      frame.remove(); // the page allows no frame of ours
      this.#frame = this.#port = null;
      return false;
    }

    #ask(wish) {
      if (!this.#port) return Promise.resolve({});
      const id = crypto.randomUUID();
      return new Promise((resolve) => {
        this.#asked.set(id, resolve);
        this.#port.postMessage({ id, ...wish });
      });
    }

    #hear({ id, answer, news }) {
      if (id) {
        this.#asked.get(id)?.(answer);
        this.#asked.delete(id);
      } else if (news.token) {
        this.#renew();
      } else if (news.error) {
        this.#emit(news.error, { message: "Authentication failed" });
      } else if (news.lost) {
        this.#emit("not_ready", { device_id: news.lost });
      } else {
        this.#state = news.state && { ...news.state, at: performance.now() };
        if (this.#state?.paused === false && !this.#activated) {
          this.#ask({ order: "blocked" });
          this.#emit("autoplay_failed");
        } else {
          this.#emit("player_state_changed", this.#shown());
        }
      }
    }

    #shown() {
      if (!this.#state) return null;
      const { uri, duration, position, paused, at } = this.#state;
      return {
        context: { uri: null, metadata: null },
        disallows: {},
        duration,
        paused,
        position: paused ? position : Math.min(duration, position + performance.now() - at),
        repeat_mode: 0,
        shuffle: false,
        track_window: { current_track: { uri }, previous_tracks: [], next_tracks: [] },
      };
    }

    #emit(event, news) {
      for (const callback of this.#listeners.get(event)) callback(news);
    }
  }

  window.Spotify = { Player };
  if (typeof window.onSpotifyWebPlaybackSDKReady !== "function") {
    throw new TypeError("onSpotifyWebPlaybackSDKReady is not defined");
  }
  window.onSpotifyWebPlaybackSDKReady();
}
