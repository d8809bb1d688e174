import Foundation
import Provisioner
import Yams

/// The configuration file: a YAML mapping of settings, each a value or a list of values.
enum SettingsFile {
    /// The file's settings with their lines.
    ///
    /// - Throws: ``SettingsError`` for a file that cannot be read, is no mapping, or holds a setting that is no value.
    static func read(_ path: String) throws(SettingsError) -> [(key: String, value: SettingValue)] {
        let node: Node?
        do {
            node = try Yams.compose(yaml: try String(contentsOfFile: path, encoding: .utf8))
        } catch let error as YamlError {
            throw SettingsError(["\(path): \(error)"])
        } catch {
            throw SettingsError(["\(path) cannot be read: \(error.localizedDescription)"])
        }
        guard let node else { return [] }
        guard case .mapping(let mapping) = node else {
            throw SettingsError(["\(path): a mapping of settings is expected, as in \"driver-name: rbd.csi.ceph.com\""])
        }
        var settings: [(key: String, value: SettingValue)] = []
        for (key, value) in mapping {
            let origin = SettingOrigin.file(path: path, line: key.mark?.line ?? 1)
            guard case .scalar(let name) = key, let texts = texts(value) else {
                throw SettingsError(["\(origin): a setting is a value or a list of values"])
            }
            settings.append((name.string, SettingValue(texts, from: origin)))
        }
        return settings
    }

    private static func texts(_ node: Node) -> [String]? {
        switch node {
        case .scalar(let scalar):
            return [scalar.string]
        case .sequence(let sequence):
            let texts = sequence.compactMap { $0.scalar?.string }
            return texts.count == sequence.count ? texts : nil
        case .mapping, .alias:
            return nil
        }
    }
}
