import { VolumeShare } from '../../contributions';
import { FluentBitParser } from './fluent-bit-parser';

/** Log files that the main container writes. */
export interface FluentBitLogs {
  /** The folder that they are in, for instance `SharedVolume.emptyDir('logs').at('/var/log/app')`. */
  readonly source: VolumeShare;

  /**
   * The files, by patterns relative to the folder: `*` stands for any part of a name, as in `web-*.log`.
   *
   * @default ['*.log']
   */
  readonly include?: string[];

  /**
   * Files to leave out, by patterns of the same kind.
   *
   * @default - none
   */
  readonly exclude?: string[];

  /**
   * How lines become records.
   *
   * @default - a record for each line, with the line in its field `log`
   */
  readonly parser?: FluentBitParser;

  /**
   * Where an entry of several lines begins, as a stack trace does: a regular expression for its first line, which may match
   * any part of that. A parser gets the whole entry.
   *
   * @default - each line is an entry
   */
  readonly entryStart?: string;

  /**
   * Whether files that are there at the first start are read from their end. What has been read is remembered when the
   * container starts again, in any case.
   *
   * @default false
   */
  readonly onlyNew?: boolean;
}
