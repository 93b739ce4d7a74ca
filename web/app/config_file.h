// The daemons' configuration: options of the command line, and a TOML file with the same names as
// keys. Used in main() only.
#pragma once

#include <optional>

// NOLINTNEXTLINE(readability-identifier-naming): the name is CLI11's
namespace CLI {
class App;
}

namespace opora::app {

// --config FILE: TOML; the command line wins.
void add_config_option(CLI::App& cli);
// Reads the command line and the file that it names. Empty when all of it is good. Else the exit
// code: 0 after --help, 2 when something is wrong; what, with file and line, is on standard error.
std::optional<int> read_options(CLI::App& cli, int argc, const char* const* argv);

}  // namespace opora::app
