// opora-guard: behind opora-node at a site whose Asterisk the node drives. Options from the command
// line, or from a TOML file with the same names (--config).
#include <array>
#include <chrono>
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>

#include "node/guard/guard.h"
#include "web/app/config_file.h"
#include "web/app/daemon.h"
#include "web/app/options.h"
#include "web/app/password_file.h"

namespace {

using opora::Result;
using opora::TimeMs;

struct GuardOptions {
  std::string beat;
  std::string ari;
  std::string password_file;
};

TimeMs steady() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return TimeMs{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

Result<opora::telephony::ari::Access> read_access(const GuardOptions& options) {
  std::ifstream in(options.ari, std::ios::binary);
  if (!in) return opora::invalid("ari", options.ari + ": cannot be read");
  std::string text(opora::telephony::ari::kMaxSettingsBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  auto access = opora::telephony::ari::read_access(text);
  if (!access.ok())
    return opora::invalid("ari",
                          options.ari + ": " + access.error().path + ": " + access.error().message);
  auto password = opora::app::read_password_file(options.password_file, "ari-password-file");
  if (!password.ok()) return password.error();
  access->remote.password = std::move(*password);
  return access;
}

}  // namespace

int main(int argc, char** argv) {
  opora::app::block_stop_signals();
  GuardOptions options;
  CLI::App cli("Opora's guard: callers of a node that is dead go to the PBX's own queue");
  opora::app::add_config_option(cli);
  cli.add_option("--beat", options.beat, "the file that the node's --guard-beat names")->required();
  cli.add_option("--ari", options.ari, "how the site's Asterisk is reached, JSON: the node's")
      ->required();
  cli.add_option("--ari-password-file", options.password_file,
                 "file with the password of ARI in its first line")
      ->required();
  if (const auto code = opora::app::read_options(cli, argc, argv)) return *code;
  opora::app::start_log();
  auto access = read_access(options);
  if (!access.ok()) {
    std::cerr << "--" << access.error().path << ": " << access.error().message << "\n";
    return 2;
  }
  opora::guard::Guard guard(std::move(*access), options.beat);
  do guard.turn(steady());
  while (!opora::app::stop_comes_within(opora::guard::Watch::kEveryMs));
  return 0;
}
