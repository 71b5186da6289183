// Fetches the Aspire dashboard once into a cache outside the tree: node build/fetch-dashboard.mjs <version> <directory>
// Never fails a build: every way out is exit code 0 and at most one line.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createInflateRaw, inflateRawSync } from 'node:zlib';

const [version, directory] = process.argv.slice(2);
const windows = process.platform === 'win32';
const downloadLimitMs = 180_000;
const retryAfterMs = 3_600_000;
const failureMark = `${directory}.failed`;
const gzipHeader = Buffer.from([0x1f, 0x8b, 0x08, 0x00]);
const gzipHeaderLength = 10;

// A package listed here must have this digest; for the others npm's own check against its registry has to do.
const digests = {
  'linux-x64@13.5.4': 'sha512-8PWeRHM1+QwQB2wxDnfPsimi3EW01r04b4DjX0jIDE78SlfJabwVfYArW/48vDzYvPzKSRye6DIPVAsCFoXjBA==',
};

if (!existsSync(directory)) {
  await main();
}

async function main() {
  if (existsSync(failureMark) && Date.now() - statSync(failureMark).mtimeMs < retryAfterMs) {
    console.log(`Aspire dashboard: not fetched, the last try failed less than an hour ago (delete ${failureMark} to try again).`);
    return;
  }
  let temporary;
  try {
    mkdirSync(dirname(directory), { recursive: true });
    temporary = mkdtempSync(`${directory}.`);
    await unpack(download(temporary), temporary);
    publish(join(temporary, 'managed'));
    rmSync(failureMark, { force: true });
    console.log(`Aspire dashboard ${version}: fetched into ${directory}`);
  } catch (error) {
    console.log(`Aspire dashboard: not fetched, the application runs without it (${error.message})`);
    markFailure();
  } finally {
    if (temporary) {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
}

/** Downloads and checks the package; answers with the path of the command line tool in it. */
function download(temporary) {
  const name = `@microsoft/aspire-cli-${platform()}@${version}`;
  const npm = spawnSync('npm', ['pack', name, '--ignore-scripts', '--loglevel=error', '--fetch-retries=1', `--pack-destination=${temporary}`],
    { cwd: temporary, encoding: 'utf8', timeout: downloadLimitMs, killSignal: 'SIGKILL', shell: windows });
  if (npm.error) {
    throw new Error(npm.error.code === 'ENOENT' ? 'npm is not installed' : `npm pack ${name}: ${npm.error.code ?? npm.error.message}`);
  }
  if (npm.status !== 0) {
    throw new Error(`npm pack ${name}: ${npm.stderr.match(/code (\S+)/)?.[1] ?? `exit code ${npm.status}`}`);
  }
  const archive = join(temporary, npm.stdout.trim().split('\n').at(-1));
  const expected = digests[`${platform()}@${version}`];
  const actual = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (expected && actual !== expected) {
    throw new Error(`${name} has digest ${actual}, expected ${expected}`);
  }
  if (spawnSync('tar', ['-xzf', archive, '-C', temporary], { stdio: 'ignore' }).status !== 0) {
    throw new Error('tar is missing or failed');
  }
  return join(temporary, 'package', 'bin', windows ? 'aspire.exe' : 'aspire');
}

/**
 * The tool carries the dashboard as an embedded .tar.gz; reading it out starts no foreign code and needs no network.
 * Raw inflate, because it stops at the end of the data, where gunzip objects to the program that follows.
 */
async function unpack(tool, temporary) {
  const tar = spawn('tar', ['-xo', '--strip-components=1', '-C', temporary, `${platform()}/managed`], { stdio: ['pipe', 'ignore', 'ignore'] });
  const exited = new Promise((resolve, reject) => tar.on('error', reject).on('close', resolve));
  const start = findBundle(readFileSync(tool)) + gzipHeaderLength;
  const [, exitCode] = await Promise.all([pipeline(createReadStream(tool, { start }), createInflateRaw(), tar.stdin), exited]);
  if (exitCode !== 0) {
    throw new Error('the bundle could not be unpacked');
  }
}

function findBundle(bytes) {
  for (let at = bytes.indexOf(gzipHeader); at >= 0; at = bytes.indexOf(gzipHeader, at + 1)) {
    if (startOf(bytes.subarray(at + gzipHeaderLength, at + 65_536)).startsWith(`${platform()}/`)) {
      return at;
    }
  }
  throw new Error('the package carries no dashboard');
}

function startOf(bytes) {
  try {
    return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1', 0, 64);
  } catch {
    return ''; // The magic number by chance.
  }
}

/** The rename is what makes it visible: whole or not at all. Another build may have been faster. */
function publish(unpacked) {
  if (!existsSync(join(unpacked, windows ? 'aspire-managed.exe' : 'aspire-managed'))) {
    throw new Error('the bundle holds no dashboard');
  }
  try {
    renameSync(unpacked, directory);
  } catch (error) {
    if (!existsSync(directory)) {
      throw error;
    }
  }
}

function markFailure() {
  try {
    writeFileSync(failureMark, '');
  } catch {
    // The cache is read-only: the next build finds that out again, at once.
  }
}

function platform() {
  const system = { win32: 'win', darwin: 'osx', linux: isMusl() ? 'linux-musl' : 'linux' }[process.platform] ?? process.platform;
  return `${system}-${process.arch}`;
}

function isMusl() {
  return process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
}
