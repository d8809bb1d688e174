import CRUSH
import Console
import Foundation

/// A CRUSH map in a file, in any of its three forms.
struct CrushMapFile {
    /// The map.
    var map: CrushMap
    /// What the form does not say for certain; only JSON has such.
    var doubts: [CrushDump.Doubt] = []

    /// Reads a map; `-` is standard input.
    ///
    /// - Throws: `Failure` that names the file and the place in it.
    static func read(_ path: String, in session: Session) throws -> CrushMapFile {
        let bytes = try contents(of: path, in: session)
        let name = displayName(path)
        do {
            switch bytes.first {
            case 0: return CrushMapFile(map: try CrushMap(decoding: bytes))
            case UInt8(ascii: "{"), UInt8(ascii: "\n"):
                let dump = try CrushDump(json: bytes)
                return CrushMapFile(map: dump.map, doubts: dump.doubts)
            default: return CrushMapFile(map: try CrushMap(compiling: bytes))
            }
        } catch let failure as CompilationFailure {
            throw Failure(.failure, code: "InvalidMap", "\(name):\(failure)")
        } catch {
            throw Failure(
                .failure, code: "InvalidMap", "\(name): \(error)",
                hint: "get the map anew with: ceph osd getcrushmap -o FILE")
        }
    }

    /// Reads a file's bytes; `-` is standard input.
    static func contents(of path: String, in session: Session) throws -> [UInt8] {
        do {
            return [UInt8](try path == "-" ? session.standardInput() : Data(contentsOf: URL(filePath: path)))
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            throw Failure(.notFound, code: "NotFound", "\(path): there is no such file")
        } catch {
            throw Failure(.failure, code: "Unreadable", "\(path) cannot be read: \(error.localizedDescription)")
        }
    }

    /// Writes a file in one step: it holds all of it, or what it held before.
    static func write(_ bytes: [UInt8], to path: String) throws {
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Failure(.failure, code: "Unwritable", "\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    /// How a file is named in messages.
    static func displayName(_ path: String) -> String { path == "-" ? "standard input" : path }

    /// Tells on stderr what may differ from the cluster's map.
    func warn(about path: String, in session: Session) throws {
        let name = Self.displayName(path)
        for doubt in doubts { try session.streams.warn("\(name): not exact: \(doubt)") }
        if !map.unknownTail.isEmpty {
            try session.streams.warn(
                "\(name): the last \(map.unknownTail.count) bytes are of a later release than this version knows")
        }
    }
}
