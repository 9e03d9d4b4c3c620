// SPDX-License-Identifier: Apache-2.0
// For tests in JavaScript: a small election on a real server, step by step, by the real programs.  All of them have a wall clock that the
// test moves (tests/e2e/preload_clock.c), so nothing waits for the close of the polls and nothing depends on the machine's speed.
//
//     const election = await Election.start(test, {voters: 3});     the polls are open
//     election.vote('v001'); election.closePolls(); election.finish();
//
// Everything is below one temporary folder and ends with the test.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const DAY = 86400;
const QUESTIONS = `Question: One?
Id: one
Method: referendum
[] Yes
[] No

Question: Two?
Id: two
Method: choose 1 to 2
Winners: 2
Blank: yes
[] Ant
[] Bee
[] Cat

Question: Three?
Id: three
Method: score 0 to 5
[] Sun
[] Rain
`;
export const CHOICES = ['--choose', 'one=yes', '--choose', 'two=ant,bee', '--score', 'three=sun:5'];

const sleep = (/** @type {number} */ ms) => new Promise((done) => { setTimeout(done, ms); });

/** The programs, one server, one clock. */
export class Server {
	/** @param {import('node:test').TestContext} test at whose end everything goes */
	constructor(test) {
		this.bin = resolve(process.env.TB_BUILD ?? 'build');
		this.folder = mkdtempSync(join(tmpdir(), 'tabella election '));
		this.shift = 0;
		this.port = 0;
		this.data = 'data';
		/** @type {Server[]} */
		this.twins = [];
		/** @type {string[]} */
		this.options = [];
		this.moveClock(0);
		test.after(() => this.end());
		this.line = this.run('tabella-server', '--data', 'data', '--init').trim();
		this.admin = this.run('tabella', 'key', 'new', '--role', 'admin', '--out', 'admin.key').trim();
	}

	get url() {
		return `http://127.0.0.1:${this.port}`;
	}

	get environment() {
		return {
			...process.env, LC_ALL: 'C', TZ: 'UTC', XDG_STATE_HOME: join(this.folder, `${this.data}.home`), LD_PRELOAD: join(this.bin, 'tests/e2e/preload_clock.so'),
			TABELLA_TEST_CLOCK: join(this.folder, 'clock'), http_proxy: '', https_proxy: '', all_proxy: '',
		};
	}

	/** The time of all programs. */
	now() {
		return Math.floor(Date.now() / 1000) + this.shift;
	}

	/** @param {number} seconds ahead of now */
	moveClock(seconds) {
		this.shift += seconds;
		writeFileSync(join(this.folder, 'clock'), String(this.shift));
	}

	/** Runs a program to its end. @param {string} program @param {...string} args @returns {{status: number|null, out: string, err: string}} */
	try(program, ...args) {
		const ended = spawnSync(join(this.bin, program), args, { cwd: this.folder, env: this.environment, encoding: 'utf8', timeout: 300_000, maxBuffer: 1 << 28 });
		return { status: ended.status, out: ended.stdout, err: ended.stderr };
	}

	/** The same, and it must succeed. @param {string} program @param {...string} args @returns {string} what it printed */
	run(program, ...args) {
		const { status, out, err } = this.try(program, ...args);
		if (status !== 0) throw new Error(`${program} ${args.join(' ')}: status ${status}\n${out}${err}${this.log()}`);
		return out;
	}

	log() {
		const file = join(this.folder, `${this.data}.log`);
		return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-6).join('\n') : '';
	}

	/** Starts the server, or starts it again on the same port. */
	async start() {
		const portFile = `${this.data}.port`;
		rmSync(join(this.folder, portFile), { force: true });
		const key = /** @type {RegExpExecArray} */ (/ sign=(\S+)/.exec(this.admin))[1];
		this.child = spawn('sh', ['-c', `exec "$@" >>${this.data}.log 2>&1`, 'sh', join(this.bin, 'tabella-server'), '--data', this.data, '--listen', `127.0.0.1:${this.port}`, '--port-file', portFile,
			'--admin-key', key, ...this.options], { cwd: this.folder, env: this.environment, stdio: 'ignore' });
		await this.until('the server listens', () => existsSync(join(this.folder, portFile)) && readFileSync(join(this.folder, portFile), 'utf8').trim() !== '');
		this.port = Number(readFileSync(join(this.folder, portFile), 'utf8'));
	}

	/** @param {NodeJS.Signals} [signal] */
	async stop(signal = 'SIGTERM') {
		const child = this.child;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const ended = new Promise((done) => { child.once('exit', done); });
		child.kill(signal);
		await ended;
	}

	/** @param {string} what @param {() => boolean|Promise<boolean>} holds */
	async until(what, holds) {
		for (let tries = 0; tries < 1200; tries++) {
			if (await holds()) return;
			if (this.child?.exitCode !== null && this.child?.exitCode !== undefined) break;
			await sleep(50);
		}
		throw new Error(`in vain: ${what}\n${this.log()}`);
	}

	/** The same server once more, with all that it has and knows until now: from here on the two can show two histories. */
	async twin() {
		await this.stop();
		cpSync(join(this.folder, this.data), join(this.folder, 'twin'), { recursive: true });
		await this.start();
		const twin = /** @type {Server} */ (Object.assign(Object.create(Server.prototype), this, { data: 'twin', port: 0, child: undefined, twins: [] }));
		this.twins.push(twin);
		await twin.start();
		return twin;
	}

	async end() {
		for (const twin of this.twins) await twin.stop('SIGKILL');
		await this.stop('SIGKILL');
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** One election on it. */
export class Election {
	/**
	 * @typedef {object} Plan
	 * @property {number} [voters]
	 * @property {string} [questions] in the form of election files
	 * @property {string[]} [lines] more lines at the head of the file
	 * @property {string} [slug]
	 * @property {number} [days] that the polls are open
	 * @property {'created'|'roll'|'key'|'open'} [until] how far start() goes
	 * @property {string} [title]
	 * @property {number} [mixes] that ranked questions need: as many trustees mix, one after the other
	 */

	/** @param {Server} server @param {Plan} [plan] */
	constructor(server, plan = {}) {
		this.server = server;
		this.plan = { voters: 3, questions: QUESTIONS, lines: [], slug: 'meeting', days: 1, until: 'open', title: 'Test', mixes: 0, ...plan };
		/** @type {{[voter: string]: string}} voter id -> code */
		this.codes = {};
		this.id = '';
	}

	/** @param {import('node:test').TestContext} test @param {Plan} [plan] @returns {Promise<Election>} */
	static async start(test, plan) {
		const server = new Server(test);
		await server.start();
		const election = new Election(server, plan);
		await election.prepare();
		return election;
	}

	get url() {
		return `${this.server.url}/e/${this.plan.slug}`;
	}

	/** @param {string} name */
	file(name) {
		return `${this.plan.slug}-${name}`;
	}

	/** Everything up to the open polls. */
	async prepare() {
		const { until } = this.plan;
		this.create();
		if (until === 'created') return;
		this.postRoll();
		if (until === 'roll') return;
		this.makeKey();
		if (until === 'key') return;
		await this.openPolls();
	}

	create() {
		const { server, plan } = this;
		this.opens = server.now() + 600;
		this.closes = this.opens + plan.days * DAY;
		const registrar = server.run('tabella', 'key', 'new', '--role', 'registrar', '--out', this.file('registrar.key')).trim();
		const auditor = server.run('tabella', 'key', 'new', '--role', 'endorser', '--out', this.file('auditor.key')).trim();
		const trustees = [1, 2, 3].map((i) => server.run('tabella-trustee', 'init', '--save', this.file(`trustee-${i}.phrase`)).trim());
		writeFileSync(join(server.folder, this.file('election.txt')), [
			`Title: ${plan.title}`, `Slug: ${plan.slug}`, `Origin: test.invalid/e/${plan.slug}`, 'Granularity: second', `Polls open: @${this.opens}`, `Polls close: @${this.closes}`,
			`Server: S ${server.line}`, `Admin: A ${server.admin}`, `Registrar: R ${registrar}`, 'Privacy floor: 1', 'Threshold: 2 of 3',
			...trustees.map((line, i) => `Trustee: T${i + 1} ${line}`), `Endorser: auditor E ${auditor}`, ...plan.lines, '', plan.questions,
		].join('\n'));
		const out = server.run('tabella', 'create', '--server', server.url, '--key', 'admin.key', this.file('election.txt'));
		this.id = /** @type {RegExpExecArray} */ (/^election: *(\w+)$/m.exec(out))[1];
	}

	/** The voters are v001, v002 ... */
	postRoll() {
		const { server, plan } = this;
		const ids = Array.from({ length: plan.voters }, (_, i) => `v${String(i + 1).padStart(3, '0')}`);
		writeFileSync(join(server.folder, this.file('voters.csv')), `${ids.join('\n')}\n`);
		server.run('tabella', 'codes', '--election', this.id, '--codes', this.file('codes.csv'), '--out', this.file('roll.json'), this.file('voters.csv'));
		for (const line of readFileSync(join(server.folder, this.file('codes.csv')), 'utf8').trim().split('\n').slice(1)) {
			const [id, , code] = line.split(',');
			this.codes[id] = code;
			writeFileSync(join(server.folder, this.file(`${id}.code`)), `${code}\n`, { mode: 0o600 });
		}
		server.run('tabella', 'roll', 'import', '--key', this.file('registrar.key'), this.url, this.file('roll.json'));
	}

	/** @param {string} command @param {number} i @param {...string} args */
	trustee(command, i, ...args) {
		return this.server.run('tabella-trustee', command, '--phrase', this.file(`trustee-${i}.phrase`), ...args, this.url);
	}

	makeKey() {
		for (const i of [1, 2, 3]) this.trustee('commit', i);
		for (const i of [1, 2, 3]) this.trustee('certify', i);
	}

	/** @returns {any} what `tabella status` says */
	status() {
		return JSON.parse(this.server.run('tabella', 'status', '--json', this.url));
	}

	async openPolls() {
		this.server.moveClock(Math.max(0, this.opens - this.server.now()));
		await this.server.until('the polls open', () => this.status().phase === 'open');
	}

	/** @param {string} id @param {string[]} [choices] @param {...string} args @returns {string} */
	vote(id, choices = CHOICES, ...args) {
		return this.server.run('tabella', 'vote', '--voter', id, '--code-file', this.file(`${id}.code`), '--yes', ...choices, ...args, this.url);
	}

	async closePolls() {
		this.server.moveClock(Math.max(0, this.closes - this.server.now()) + 1);
		await this.server.until('the polls close', () => this.status().phase !== 'open');
	}

	endorse() {
		for (const i of [1, 2, 3]) this.trustee('endorse', i);
		this.server.run('tabella', 'endorse', '--id', 'auditor', '--key', this.file('auditor.key'), this.url);
	}

	/** From the closed polls to the result. */
	async finish() {
		this.endorse();
		for (let i = 1; i <= this.plan.mixes; i++) this.trustee('mix', i);
		for (const i of [1, 2]) this.trustee('decrypt', i);
		await this.server.until('there is a result', () => this.status().phase === 'finished');
	}
}
