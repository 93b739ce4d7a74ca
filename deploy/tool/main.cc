// opora: what an administrator does from the command line.
#include <functional>
#include <iostream>

#include "deploy/tool/commands.h"
#include <CLI/CLI.hpp>

namespace {

using opora::Code;
using opora::Result;
using opora::tool::Ending;

// Exit codes, as the footer of --help says them.
constexpr int kUsage = 2;
constexpr int kTryAgain = 3;
constexpr const char* kFooter =
    "Exit codes: 0 done; 1 refused, or verify found something; 2 wrong options or files, nothing\n"
    "was changed; 3 the daemon or the disk is not available, try again.";

using Run = std::function<Result<Ending>()>;

int exit_code(const opora::Error& error) {
  std::cerr << "opora: " << opora::code_name(error.code);
  if (!error.path.empty()) std::cerr << ": " << error.path;
  std::cerr << ": " << error.message << "\n";
  switch (error.code) {
    case Code::kUnavailable: return kTryAgain;
    case Code::kInvalid: return kUsage;
    default: return 1;
  }
}

void add_remote(CLI::App& command, opora::tool::Remote& remote) {
  command.add_option("--url", remote.url, "address of the daemon, as http://127.0.0.1:8080")
      ->required();
  command.add_option("--token-file", remote.token_file, "file with a program's bearer token")
      ->required();
  command.add_option("--ca-file", remote.ca_file, "PEM authorities to trust, for https");
}

void add_init_admin(CLI::App& cli, Run& run) {
  auto options = std::make_shared<opora::tool::InitAdmin>();
  CLI::App* command = cli.add_subcommand(
      "init-admin", "Leave the first administrator for a daemon's next start (as the same user)");
  command->add_option("--data", options->data, "the daemon's data folder; made at need")
      ->required();
  command->add_option("--login", options->login, "login of the administrator")
      ->capture_default_str();
  command->add_option("--name", options->name, "name of the administrator")->capture_default_str();
  command->add_option("--password-file", options->password_file, "its first line is the password")
      ->required();
  command->add_option("--program-token-file", options->program_token_file,
                      "also make the user \"program\" with the rights of an administrator and "
                      "write its bearer token here");
  command->callback([options, &run] { run = [options] { return init_admin(*options); }; });
}

void add_verify(CLI::App& cli, Run& run) {
  auto data = std::make_shared<std::string>();
  CLI::App* command = cli.add_subcommand(
      "verify", "Check a store: chains, positions, and projections against a rebuild of them");
  command->add_option("--data", *data, "data folder; its daemon may run")->required();
  command->callback(
      [data, &run] { run = [data] { return opora::tool::verify(*data, std::cout); }; });
}

void add_digest(CLI::App& cli, Run& run) {
  struct Options {
    std::string data;
    std::optional<std::uint32_t> site;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = cli.add_subcommand(
      "digest", "Hash over a site's state: equal at the site and at the hub when both have all");
  command->add_option("--data", options->data, "data folder; its daemon may run")->required();
  command->add_option("--site", options->site, "one site; default: all that are whole here")
      ->check(CLI::Range(0, 9999));
  command->callback([options, &run] {
    run = [options] { return opora::tool::digest(options->data, options->site, std::cout); };
  });
}

void add_erase(CLI::App& cli, Run& run) {
  auto options = std::make_shared<opora::tool::Erase>();
  CLI::App* command =
      cli.add_subcommand("erase", "Forget a person's data everywhere; figures stay");
  add_remote(*command, options->remote);
  auto* what = command->add_option_group("what", "exactly one");
  what->add_option("--ticket", options->ticket, "number of a ticket: it, its contact and its call");
  what->add_option("--contact", options->contact, "id of a contact: it, its ticket and its call");
  what->add_option("--aggregate", options->aggregate, "id of any record");
  what->require_option(1);
  command->add_option("--basis", options->basis, "why the law asks for it, 3 to 500 characters")
      ->required();
  command->callback([options, &run] { run = [options] { return erase(*options, std::cout); }; });
}

void add_enrol(CLI::App& cli, Run& run) {
  auto options = std::make_shared<opora::tool::Enrol>();
  CLI::App* command =
      cli.add_subcommand("enrol", "Make a site at the hub at need; print its one-time code");
  add_remote(*command, options->remote);
  command->add_option("--site", options->site, "number of the site")
      ->required()
      ->check(CLI::Range(1, 9999));
  command->add_option("--name", options->name, "name of the site")->required();
  command->add_option("--zone", options->zone, "IANA time zone")->capture_default_str();
  command->add_option("--desk", options->desks,
                      "\"1=Name\", once a desk; default: one desk with the site's name");
  command->callback(
      [options, &run] { run = [options] { return enrol(*options, std::cout, std::cerr); }; });
}

void add_fork(CLI::App& cli, Run& run) {
  auto options = std::make_shared<opora::tool::Fork>();
  CLI::App* command = cli.add_subcommand(
      "fork", "Decide at the hub what becomes of a second machine's branch of a site's journal");
  add_remote(*command, options->remote);
  command->add_option("--site", options->site, "number of the site")
      ->required()
      ->check(CLI::Range(1, 9999));
  command
      ->add_option("--decision", options->decision,
                   "adopt: it follows what the region has; set_aside: it is kept, without effect")
      ->required()
      ->check(CLI::IsMember({"adopt", "set_aside"}));
  command->callback(
      [options, &run] { run = [options] { return decide_fork(*options, std::cout); }; });
}

void add_backup(CLI::App& cli, Run& run) {
  auto remote = std::make_shared<opora::tool::Remote>();
  CLI::App* command =
      cli.add_subcommand("backup", "Have a daemon take a backup now and read it back");
  add_remote(*command, *remote);
  command->callback([remote, &run] { run = [remote] { return backup(*remote, std::cout); }; });
}

void add_backups(CLI::App& cli, Run& run) {
  auto from = std::make_shared<std::string>();
  CLI::App* command =
      cli.add_subcommand("backups", "List a folder of backups and check every file in it");
  command->add_option("--from", *from, "folder of backups; its daemon may run")->required();
  command->callback(
      [from, &run] { run = [from] { return opora::tool::backups(*from, std::cout); }; });
}

void add_restore(CLI::App& cli, Run& run) {
  auto options = std::make_shared<opora::tool::Restore>();
  CLI::App* command = cli.add_subcommand(
      "restore", "Put a backup in the place of a store whose daemon does not run");
  command->add_option("--data", options->data, "data folder, with its site.key")->required();
  command->add_option("--from", options->from, "folder of backups")->required();
  command->add_option("--backup", options->backup, "its number; the newest by default");
  command->callback([options, &run] { run = [options] { return restore(*options, std::cout); }; });
}

void add_status(CLI::App& cli, Run& run) {
  auto remote = std::make_shared<opora::tool::Remote>();
  CLI::App* command = cli.add_subcommand("status", "Say how the link of a node or of a hub is");
  add_remote(*command, *remote);
  command->callback([remote, &run] { run = [remote] { return status(*remote, std::cout); }; });
}

}  // namespace

int main(int argc, char** argv) {
  Run run;
  CLI::App cli("Opora's tool for administrators");
  cli.footer(kFooter);
  cli.require_subcommand(1);
  add_init_admin(cli, run);
  add_verify(cli, run);
  add_digest(cli, run);
  add_erase(cli, run);
  add_enrol(cli, run);
  add_fork(cli, run);
  add_status(cli, run);
  add_backup(cli, run);
  add_backups(cli, run);
  add_restore(cli, run);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return cli.exit(e) == 0 ? 0 : kUsage;
  }
  const Result<Ending> ending = run();
  return ending.ok() ? static_cast<int>(*ending) : exit_code(ending.error());
}
