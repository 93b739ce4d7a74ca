// The tool's subcommands: each takes its options, writes what it has to say to `out` and returns
// how it ended. Errors come back as values; main() prints them and turns them into exit codes.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "deploy/tool/http.h"

#include "protocol/base/result.h"

namespace opora::tool {

enum class Ending : std::uint8_t {
  kDone = 0,
  kFindings = 1,  // verify: the store does not say what its journal says
};

struct InitAdmin {
  std::string data;
  std::string login = "admin";
  std::string name = "Администратор";
  std::string password_file;
  std::string program_token_file;  // empty: no program
};
// kConflict when first users wait already or the token file exists.
Result<Ending> init_admin(const InitAdmin& options);

// Which daemon, as whom.
struct Remote {
  std::string url;
  std::string token_file;
  std::string ca_file;
};
Result<Api> open_api(const Remote& remote);

struct Erase {
  Remote remote;
  std::string ticket;  // exactly one of these three
  std::string contact;
  std::string aggregate;
  std::string basis;
};
Result<Ending> erase(const Erase& options, std::ostream& out);

struct Enrol {
  Remote remote;
  std::uint32_t site = 0;
  std::string name;
  std::string zone = "Europe/Moscow";
  std::vector<std::string> desks;  // "1=Name"; none: one desk with the site's name
};
// Only the code goes to `out`, so that a script can take it; remarks go to `remarks`.
Result<Ending> enrol(const Enrol& options, std::ostream& out, std::ostream& remarks);

struct Fork {
  Remote remote;
  std::uint32_t site = 0;
  std::string decision;  // "adopt", "set_aside"
};
Result<Ending> decide_fork(const Fork& options, std::ostream& out);

Result<Ending> status(const Remote& remote, std::ostream& out);

// Asks a daemon for a backup and waits until it was read back.
Result<Ending> backup(const Remote& remote, std::ostream& out);
// What a folder of backups holds, each checked against its checksums.
Result<Ending> backups(const std::string& from, std::ostream& out);

struct Restore {
  std::string data;                     // with site.key, and node.toml when it is a site's
  std::string from;                     // the folder of backups
  std::optional<std::uint32_t> backup;  // the newest by default
};
// The daemon must not run. The restored store is verified, every erasure that the folder's list
// names is repeated in it, and only then it takes the place of the old one, which is kept beside
// it. kConflict when the daemon runs or the backup is another site's; kCorrupt when the backup is
// not whole; nothing has changed then.
Result<Ending> restore(const Restore& options, std::ostream& out);

// Reads the store beside a running daemon; findings go to `out`.
Result<Ending> verify(const std::string& data, std::ostream& out);
// One line a site: the given one, else a node's own, else all that a hub knows.
Result<Ending> digest(const std::string& data, std::optional<std::uint32_t> site,
                      std::ostream& out);

// A desk as --desk says it. kInvalid "desk".
struct DeskOption {
  std::uint16_t no = 0;
  std::string name;
};
Result<DeskOption> parse_desk(const std::string& text);

// The first line of a small file: a password or a token. kInvalid with the option's name.
Result<std::string> read_secret(const std::string& path, const std::string& option);

}  // namespace opora::tool
