import Foundation

/// The files that `-f` names: a file, `-` for standard input, or a folder with its `.yaml`, `.yml` and `.json` files.
struct ManifestFiles {
    /// The paths, in the order given.
    var paths: [String]
    /// Whether folders are searched to the bottom.
    var isRecursive: Bool

    /// Reads all of them, in the order given, a folder's files by name.
    ///
    /// - Throws: ``ManifestFault`` for a file that is missing, unreadable, not UTF-8 or not YAML, and for a folder
    ///   without manifests.
    func read(standardInput: () throws -> Data) throws -> [Manifest] {
        var result: [Manifest] = []
        for file in try expanded() {
            let data: Data
            do {
                data = try file == "-" ? standardInput() : Data(contentsOf: URL(filePath: file))
            } catch {
                throw ManifestFault(file: file, "cannot be read: \(Self.reason(error))")
            }
            guard let text = String(validating: data, as: UTF8.self) else {
                throw ManifestFault(file: file, "this is no UTF-8 text")
            }
            result += try ManifestReader.read(text, file: file)
        }
        return result
    }

    /// Every file, folders opened.
    func expanded() throws -> [String] {
        var result: [String] = []
        for path in paths {
            if path == "-" {
                if result.contains("-") { throw ManifestFault(file: "-", "standard input can be read once only") }
                result.append("-")
                continue
            }
            if path.hasPrefix("http://") || path.hasPrefix("https://") {
                throw ManifestFault(file: path, "URLs are not fetched; download the file first")
            }
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw ManifestFault(file: path, "there is no such file")
            }
            result += isFolder.boolValue ? try manifests(in: path) : [path]
        }
        return result
    }

    private func manifests(in folder: String) throws -> [String] {
        let names: [String]
        do {
            names =
                try isRecursive
                ? FileManager.default.subpathsOfDirectory(atPath: folder)
                : FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw ManifestFault(file: folder, "cannot be listed: \(Self.reason(error))")
        }
        let files = names.sorted().filter { name in
            [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
        }
        guard !files.isEmpty else {
            throw ManifestFault(
                file: folder, "no file there ends in .yaml, .yml or .json" + (isRecursive ? "" : "; -R searches deeper")
            )
        }
        return files.map { folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)" }
    }

    /// What the system says, without Foundation's words about it.
    private static func reason(_ error: any Error) -> String {
        let cocoa = error as NSError
        let underlying = cocoa.userInfo[NSUnderlyingErrorKey] as? NSError
        let posix = underlying ?? cocoa
        return posix.domain == NSPOSIXErrorDomain
            ? String(cString: strerror(Int32(posix.code))) : cocoa.localizedDescription
    }
}
