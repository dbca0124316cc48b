/**
 * Styles of the launcher's shadow root; its own few values, because a customer's page does not have our tokens.
 * The reading direction of `.wrap` says at which side everything stands. Every byte here is paid by the customer's page.
 */
export const css = `:host{all:initial!important}
[hidden]{display:none!important}
.wrap{position:fixed;z-index:2147483000;bottom:calc(20px + env(safe-area-inset-bottom));inset-inline-end:20px;font:500 15px/22px system-ui,sans-serif;--bg:#fff;--text:#142025;color:var(--text)}
button{font:inherit;color:inherit;border:0;padding:0;background:none;cursor:pointer}
button:focus-visible{outline:2px solid var(--brand);outline-offset:3px}
svg{width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.launcher,.hide{display:grid;place-items:center}
.launcher,.teaser,.panel{box-shadow:0 1px 2px #0a1e2626,0 8px 32px #0a1e2638}
.launcher,.teaser,.panel,.badge{outline:1px solid transparent}
.launcher{width:56px;height:56px;border-radius:50%;background:var(--brand);color:var(--ink)}
.launcher,.teaser{animation:in .16s ease-out}
.launcher,.launcher svg,.panel{transition:opacity .16s ease-out,transform .16s ease-out}
.launcher:hover{transform:scale(1.05)}
.launcher svg{grid-area:1/1}
.bubble{fill:currentColor;stroke:none}
.cross,.open .bubble{opacity:0;transform:scale(.6)}
.open .cross{opacity:1;transform:none}
.badge{position:absolute;top:-3px;inset-inline-end:-3px;min-width:22px;border-radius:11px;background:#c22f2f;color:#fff;font-size:12px}
.open .badge{display:none}
.teaser,.panel{position:absolute;inset-inline-end:0;background:var(--bg)}
.teaser{bottom:8px;inset-inline-end:68px;width:max-content;max-width:min(340px,100vw - 108px);min-height:44px;display:flex;align-items:center;padding-inline-start:16px;border-radius:18px;border-end-end-radius:4px}
.words{margin:9px 0;overflow:hidden;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;text-align:start;text-wrap:balance}
.hide{flex:none;width:44px;opacity:.75}
.hide svg{width:18px}
.panel{bottom:72px;width:384px;height:min(680px,100dvh - 104px);border-radius:16px;overflow:hidden;opacity:0;transform:translateY(10px);visibility:hidden}
.panel.open{opacity:1;transform:none;visibility:visible}
iframe{position:absolute;width:100%;height:100%;border:0;opacity:0}
.ready iframe{opacity:1}
.down{padding:24px;text-align:center}
@media (max-width:480px),(max-height:480px){.panel{position:fixed;inset:0;width:auto;height:auto;border-radius:0}.launcher.open{visibility:hidden}}
@media (prefers-color-scheme:dark){.wrap{--bg:#11181b;--text:#eff4f6}.teaser,.panel{box-shadow:0 0 0 1px #2a373d,0 8px 32px #0009}}
@media (prefers-reduced-motion){*{animation:none!important;transition:none!important}}
@media print{.wrap{display:none}}
@keyframes in{from{opacity:0;transform:translateY(10px)}}`;
