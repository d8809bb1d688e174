import ArgumentParser

/// The forms of the answer of `holdfast provision`.
enum ProvisionOutput: String, CaseIterable, ExpressibleByArgument {
    case yaml, json, name, table
}
