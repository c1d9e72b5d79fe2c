import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Testing } from 'cdk8s';
import { ConfigReloader, ConfigReloaderProps, SharedVolume } from '../../../lib';
import { freePort, listening, portOf } from '../../support/net';
import { describeWithProgram } from '../../support/program';
import { until } from '../../support/until';
import { deployment, synthPodSpec } from '../../support/workloads';

describeWithProgram(
  'configmap-reload',
  (program) => {
    let folder: string;
    let app: Server;
    let told: (string | undefined)[] = [];
    /** What the app answers, by how often it has been told before. */
    let statusAfter: (times: number) => number;
    let output = '';
    let reloader: ChildProcess;
    let version = 0;

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'config-'));
      told = [];
      statusAfter = () => 200;
      output = '';
      app = createServer(({ method, url }, response) => {
        const status = statusAfter(told.length);
        told.push(`${method} ${url} ${status}`);
        response.writeHead(status).end();
      });
      await listening(app);
      write('one');
    });

    afterEach(async () => {
      if (reloader.exitCode === null && reloader.signalCode === null) {
        reloader.kill('SIGKILL');
        await once(reloader, 'close');
      }
      app.closeAllConnections();
      app.close();
      rmSync(folder, { recursive: true });
    });

    /** As the kubelet does: a new folder, and a link that becomes another one in one step. */
    function write(content: string): void {
      version += 1;
      mkdirSync(join(folder, `..${version}`));
      writeFileSync(join(folder, `..${version}`, 'app.conf'), content);
      symlinkSync(`..${version}`, join(folder, '..data_tmp'));
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    }

    async function start(props: Partial<ConfigReloaderProps> = {}): Promise<void> {
      const chart = Testing.chart();
      new ConfigReloader(deployment(chart), 'reloader', {
        configs: [SharedVolume.fromConfigMap('config', { name: 'app' }).at(folder)],
        url: `http://localhost:${portOf(app)}/-/reload`,
        ...props,
      });
      reloader = spawn(program, synthPodSpec(chart).containers?.[1].args);
      for (const stream of [reloader.stdout, reloader.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
      }
      await comesTo('it watches', () => output.includes('Watching directory'));
    }

    function comesTo(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
      return until(what, condition, 60, () => output);
    }

    /** Tries until it is seen: it says that it watches a little before it does. */
    async function firstChange(): Promise<void> {
      await comesTo('the first change is told', async () => {
        write('first');
        await sleep(200);
        return told.length > 0;
      });
    }

    /** Waits until it has said of each answer that it was the right one. */
    async function done(): Promise<void> {
      await comesTo('it is done', () => output.split('successfully triggered reload').length - 1 === told.length);
    }

    test('each change is told once, and SIGTERM ends it', async () => {
      await start();
      await firstChange();
      await done();
      for (const count of [1, 2, 3]) {
        const before = told.length;
        write(`change ${count}`);
        await comesTo('the change is told', () => told.length > before);
        await done();
        expect(told).toHaveLength(before + 1);
      }
      expect(new Set(told)).toStrictEqual(new Set(['POST /-/reload 200']));

      reloader.kill('SIGTERM');
      expect(await once(reloader, 'close')).toStrictEqual([null, 'SIGTERM']);
    });

    test('it asks again until it worked, as the settings say', async () => {
      statusAfter = (times) => (times === 0 ? 500 : 204);
      await start({ method: 'PUT', successStatus: 204, attempts: 2 });
      await firstChange();
      await comesTo('it has worked', () => output.includes('successfully triggered reload'));

      expect(told.slice(0, 2)).toStrictEqual(['PUT /-/reload 500', 'PUT /-/reload 204']);
    });

    test('what never works is said, and counted', async () => {
      statusAfter = () => 500;
      const metricsPort = await freePort();
      await start({ attempts: 1, metricsPort });
      await firstChange();
      await comesTo('it says so', () => output.includes('Webhook reload retries exhausted'));

      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      expect(metrics).toMatch(/configmap_reload_last_reload_error\{.*\} 1/);
      expect((await fetch(`http://127.0.0.1:${metricsPort}/`)).status).toBe(200);
    });
  },
  'build github.com/jimmidyson/configmap-reload, and put it in the PATH',
  { elsewhere: true },
);
