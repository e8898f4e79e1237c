// What script adds to pages that work without it: colours that switch without a reload, a map that zooms and
// pans and lights the path through a thing, and the keyboard. Pages are swapped by htmx; every listener here
// hangs on the document, so it survives a swap.
"use strict";
(() => {
	const $ = (selector, root = document) => root.querySelector(selector);
	const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
	const say = (text) => { const s = $("#status"); if (s && text) s.textContent = text; };

	// Colours ---------------------------------------------------------------------------------------------------

	document.addEventListener("submit", async (event) => {
		const form = event.target;
		if (!form.matches("form.theme") || !event.submitter) return;
		event.preventDefault();
		const value = event.submitter.value;
		const body = new URLSearchParams({ theme: value });
		const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
		if (!answer || (answer.type !== "opaqueredirect" && !answer.ok)) return;
		if (value === "system") delete document.documentElement.dataset.theme;
		else document.documentElement.dataset.theme = value;
		$('meta[name="color-scheme"]').content = value === "system" ? "light dark" : value;
		for (const b of $$("button", form)) b.setAttribute("aria-pressed", String(b.value === value));
		say("Colours: " + (event.submitter.title || value));
	});

	// The map's picture: its cards and lines, and what leads where -----------------------------------------------

	const svg = () => $("#paper > svg");
	const cardOf = (key) => $(`[data-node="${CSS.escape(key)}"]`, svg());
	const lineOf = (id) => $(`[data-edge="${CSS.escape(id)}"]`, svg());
	const linesFrom = (key) => $$(`[data-from="${CSS.escape(key)}"]`, svg());
	const linesTo = (key) => $$(`[data-to="${CSS.escape(key)}"]`, svg());
	const thingOf = (target) => target?.closest?.("#paper [data-node], #paper [data-edge]");
	const top = (el) => el.getBoundingClientRect().top;

	// path collects what lies on the ways through a card or line: all that leads to it, all that it leads to.
	function path(thing) {
		const lit = new Set([thing]);
		const walk = (key, next, end) => {
			const card = cardOf(key);
			if (card) lit.add(card);
			for (const line of next(key)) {
				if (lit.has(line)) continue;
				lit.add(line);
				walk(line.dataset[end], next, end);
			}
		};
		if (thing.dataset.node) {
			walk(thing.dataset.node, linesTo, "from");
			walk(thing.dataset.node, linesFrom, "to");
		} else {
			walk(thing.dataset.from, linesTo, "from");
			walk(thing.dataset.to, linesFrom, "to");
		}
		return lit;
	}

	let lighting = 0;
	function light(thing) {
		clearTimeout(lighting);
		lighting = setTimeout(() => {
			const picture = svg();
			if (!picture) return;
			for (const el of $$(".lit", picture)) el.classList.remove("lit");
			picture.classList.toggle("dim", Boolean(thing));
			if (thing) for (const el of path(thing)) el.classList.add("lit");
		}, 50);
	}
	document.addEventListener("pointerover", (event) => {
		if (event.pointerType === "touch" || panning?.moved) return;
		const thing = thingOf(event.target);
		if (thing || event.target.closest?.("#viewport")) light(thing);
	});
	document.addEventListener("pointerout", (event) => {
		if (event.target.closest?.("#viewport") && !event.relatedTarget?.closest?.("#viewport")) light(null);
	});
	document.addEventListener("focusin", (event) => {
		const thing = thingOf(event.target);
		if (thing && thing.matches(":focus-visible")) { light(thing); rove(thing); }
	});
	document.addEventListener("focusout", (event) => { if (thingOf(event.target)) light(null); });

	// rove makes one thing of the picture the one that Tab comes to; the arrows go on from there.
	function rove(thing) {
		const picture = svg();
		if (!picture) return;
		thing ??= $(".on", picture) ?? $(".cards a", picture);
		for (const a of $$("a", picture)) a.setAttribute("tabindex", a === thing ? "0" : "-1");
	}

	// Selection -------------------------------------------------------------------------------------------------

	const selOf = (thing) => thing.dataset.edge ? "link-" + thing.dataset.edge
		: (thing.dataset.node.startsWith("fold-") ? "fold-" : "node-") + thing.dataset.node;

	document.addEventListener("click", (event) => {
		const thing = thingOf(event.target);
		if (!thing || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
		if (suppressClick) { event.preventDefault(); return; }
		if (!$("#drawer")) return;
		event.preventDefault();
		const page = $("#drawer").dataset.page;
		if (thing.classList.contains("on") && page) { location.assign(page); return; }
		const url = new URL(location.href);
		url.searchParams.set("sel", selOf(thing));
		select(url.pathname + url.search);
	}, true);

	// htmx.ajax names the target to the server before it knows it, so it is named again.
	const select = (url) => htmx.ajax("GET", url, {
		target: "#drawer", swap: "outerHTML show:none settle:0", push: url, headers: { "HX-Target": "aside#drawer" },
	});

	// mark shows in the picture and the table what the drawer is about.
	function mark() {
		const sel = $("#drawer")?.dataset.sel ?? "";
		for (const el of $$(".on, .end", svg() ?? document.createElement("i"))) el.classList.remove("on", "end");
		for (const row of $$("tr[data-sel], article[data-sel]")) row.classList.toggle("sel", sel !== "" && row.dataset.sel === sel);
		if (!svg() || !sel) return;
		const at = sel.indexOf("-");
		const kind = sel.slice(0, at), key = sel.slice(at + 1);
		const thing = kind === "link" ? lineOf($(`tr[data-sel="${CSS.escape(sel)}"]`)?.dataset.line ?? key) : cardOf(key);
		thing?.classList.add("on");
		if (thing?.dataset.edge) for (const key of [thing.dataset.from, thing.dataset.to]) cardOf(key)?.classList.add("end");
	}

	// Where the focus goes when what held it is swapped away.
	let held = null;
	document.addEventListener("htmx:before:swap", () => {
		const active = document.activeElement;
		const inside = active?.closest("#drawer");
		held = inside ? { rel: active.rel || "", sel: inside.dataset.sel } : null;
		remember();
	});
	document.addEventListener("htmx:after:swap", () => {
		begin();
		const drawer = $("#drawer");
		if (held && (!document.activeElement || document.activeElement === document.body)) {
			const next = (held.rel && $(`a[rel="${held.rel}"]`, drawer ?? document)) || (drawer?.dataset.sel ? $("h2.title", drawer) : null) || back(held.sel);
			next?.focus({ preventScroll: true });
		}
		held = null;
		const title = drawer?.dataset.sel && $("h2.title", drawer)?.textContent.trim();
		say(title || $(".count")?.textContent.trim());
	});
	// back is the thing in the picture or list that a closed drawer was about.
	function back(sel) {
		if (!sel) return null;
		const row = $(`[data-sel="${CSS.escape(sel)}"] a`);
		const key = sel.slice(sel.indexOf("-") + 1);
		return (svg() && (sel.startsWith("link-") ? lineOf(row?.closest("tr")?.dataset.line ?? key) : cardOf(key))) || row;
	}

	// Zoom and pan ----------------------------------------------------------------------------------------------

	const least = 0.4, most = 4;
	let zoom = 1, kept = null, panning = null, suppressClick = false;

	function setZoom(to, x, y) {
		const view = $("#viewport"), paper = $("#paper"), picture = svg();
		if (!picture) return;
		to = Math.min(most, Math.max(least, to));
		const box = view.getBoundingClientRect();
		x ??= box.width / 2;
		y ??= box.height / 2;
		const atX = (view.scrollLeft + x) / zoom, atY = (view.scrollTop + y) / zoom;
		picture.style.transform = "";
		paper.style.width = paper.style.height = "";
		const w = picture.getBoundingClientRect().width, h = picture.getBoundingClientRect().height;
		zoom = to;
		if (zoom !== 1) {
			picture.style.width = w + "px";
			picture.style.transform = `scale(${zoom})`;
			paper.style.width = w * zoom + "px";
			paper.style.height = h * zoom + "px";
		} else picture.style.width = "";
		view.scrollLeft = atX * zoom - x;
		view.scrollTop = atY * zoom - y;
		const now = $("#zoom-now");
		if (now) now.textContent = Math.round(zoom * 100) + "%";
	}
	// remember keeps zoom and place over a swap of the whole map.
	function remember() {
		const view = $("#viewport");
		kept = view ? { zoom, left: view.scrollLeft, top: view.scrollTop } : null;
	}
	document.addEventListener("click", (event) => {
		const how = event.target.closest?.("[data-zoom]")?.dataset.zoom;
		if (how) setZoom(how === "in" ? zoom * 1.25 : how === "out" ? zoom / 1.25 : 1);
	});
	document.addEventListener("wheel", (event) => {
		const view = event.target.closest?.("#viewport");
		if (!view || !(event.ctrlKey || event.metaKey)) return;
		event.preventDefault();
		const box = view.getBoundingClientRect();
		setZoom(zoom * Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
	}, { passive: false });
	document.addEventListener("pointerdown", (event) => {
		const view = event.target.closest?.("#viewport");
		suppressClick = false;
		if (!view || event.button !== 0 || event.pointerType !== "mouse") return;
		panning = { view, x: event.clientX, y: event.clientY, left: view.scrollLeft, top: view.scrollTop, moved: false };
	});
	document.addEventListener("pointermove", (event) => {
		if (!panning) return;
		const dx = event.clientX - panning.x, dy = event.clientY - panning.y;
		if (!panning.moved && Math.hypot(dx, dy) < 5) return;
		panning.moved = true;
		panning.view.classList.add("panning");
		panning.view.scrollLeft = panning.left - dx;
		panning.view.scrollTop = panning.top - dy;
	});
	document.addEventListener("pointerup", () => {
		if (!panning) return;
		suppressClick = panning.moved;
		panning.view.classList.remove("panning");
		panning = null;
	});
	document.addEventListener("dragstart", (event) => { if (event.target.closest?.("#viewport")) event.preventDefault(); });

	// Keyboard --------------------------------------------------------------------------------------------------

	const typing = (el) => el?.matches?.("input, textarea, select, [contenteditable]");

	document.addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
		if (event.key === "Escape") { escape(event); return; }
		if (typing(event.target) || $("dialog[open]")) return;
		const thing = thingOf(event.target);
		const keys = {
			"/": () => { $("#find").focus(); $("#find").select(); },
			"?": () => $("#help").showModal(),
			"n": () => step("next"),
			"p": () => step("prev"),
			"d": () => $("#drawer h2.title")?.focus(),
			"+": () => setZoom(zoom * 1.25),
			"=": () => setZoom(zoom * 1.25),
			"-": () => setZoom(zoom / 1.25),
			"0": () => setZoom(1),
		};
		if (thing && event.key.startsWith("Arrow")) {
			event.preventDefault();
			move(thing, event.key.slice(5));
		} else if (keys[event.key]) {
			event.preventDefault();
			keys[event.key]();
		}
	});

	function escape(event) {
		const menu = $("details.menu[open]");
		if (menu) {
			menu.open = false;
			$("summary", menu).focus();
		} else if (typing(event.target)) event.target.blur();
		else if (!$("dialog[open]")) $("#drawer a.close")?.click();
		else return; // the dialog closes itself
		event.preventDefault();
	}

	function step(rel) {
		const on = $(`#drawer a[rel="${rel}"]`);
		if (on) on.click();
		else if (rel === "next" && !$("#drawer")?.dataset.sel) $(".finding .what a")?.click();
	}

	// move goes from a card along its lines to the next card, and across from card to card of a lane, or from line
	// to line of a card.
	function move(thing, way) {
		const key = thing.dataset.node;
		const nearest = (els) => els.sort((a, b) => Math.abs(top(a) - top(thing)) - Math.abs(top(b) - top(thing)))[0];
		const beside = (els) => {
			els.sort((a, b) => top(a) - top(b));
			return els[els.indexOf(thing) + (way === "Down" ? 1 : -1)];
		};
		let next;
		if (key) {
			if (way === "Right") next = nearest(linesFrom(key));
			else if (way === "Left") next = nearest(linesTo(key));
			else next = beside($$(`[data-node][data-lane="${thing.dataset.lane}"]`, svg()));
		} else if (way === "Right") next = cardOf(thing.dataset.to);
		else if (way === "Left") next = cardOf(thing.dataset.from);
		else next = beside(linesFrom(thing.dataset.from));
		if (!next) return;
		rove(next);
		next.focus({ preventScroll: true });
		next.scrollIntoView({ block: "nearest", inline: "nearest" });
	}

	// The rest --------------------------------------------------------------------------------------------------

	document.addEventListener("click", (event) => {
		for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
		if (event.target.closest?.("#help-open")) $("#help").showModal();
		const copy = event.target.closest?.(".copy-link");
		if (copy) navigator.clipboard.writeText(location.href).then(() => { copy.textContent = "Copied"; say("Link copied"); });
	});
	document.addEventListener("submit", (event) => {
		if (event.target.id === "upload") event.target.classList.add("htmx-request"); // shows that it is at work
	});
	for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
		document.addEventListener(kind, (event) => {
			const area = $("#upload");
			if (!area || !event.dataTransfer?.types.includes("Files")) return;
			event.preventDefault(); // or the browser would open the file in place of the page
			area.classList.toggle("over", kind === "dragenter" || kind === "dragover");
			if (kind === "drop" && event.dataTransfer.files.length) $("#files").files = event.dataTransfer.files;
		});
	}

	// begin readies what a page or a swap brought.
	function begin() {
		for (const el of $$("#help-open, #zoom, .copy-link")) el.hidden = false;
		if (svg()) {
			$("#viewport").classList.add("pan");
			zoom = 1;
			if (kept) {
				setZoom(kept.zoom);
				$("#viewport").scrollTo(kept.left, kept.top);
			}
			kept = null;
			rove();
		}
		mark();
	}
	begin();
})();
