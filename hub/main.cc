// opora-hub: the region's daemon. Options from the command line, or from a TOML file with the same
// names (--config).
#include <CLI/CLI.hpp>

#include "hub/hub.h"
#include "protocol/base/hash.h"
#include "web/app/config_file.h"
#include "web/app/options.h"

int main(int argc, char** argv) {
  opora::app::block_stop_signals();
  opora::hub::HubOptions options;
  CLI::App cli("Opora's hub: the contact centre of a region");
  opora::app::add_config_option(cli);
  cli.add_option("--data", options.data, "data folder, owned by this process")->required();
  cli.add_option("--listen", options.web.listen,
                 "IP:PORT of the web interface; port 0 takes a free one")
      ->capture_default_str();
  cli.add_option("--tls-cert", options.web.tls_cert, "PEM chain; needed beyond loopback");
  cli.add_option("--tls-key", options.web.tls_key, "PEM key");
  cli.add_option("--link", options.link, "where nodes replicate to")->capture_default_str();
  cli.add_option("--enrol", options.enrol, "where new nodes redeem their code")
      ->capture_default_str();
  cli.add_option("--name", options.name, "the region's name")->capture_default_str();
  cli.add_option("--zone", options.zone, "IANA time zone of the region")->capture_default_str();
  int audit_days = options.audit_days.count();
  opora::app::add_audit_option(cli, audit_days);
  opora::app::add_backup_options(cli, options.backup);
  opora::app::add_store_options(cli, options.store);
  if (const auto code = opora::app::read_options(cli, argc, argv)) return *code;
  options.audit_days = opora::app::Days(audit_days);
  if (!opora::init_crypto()) return 1;
  opora::app::start_log();
  const auto cause = opora::hub::run_hub(options);
  return opora::app::exit_code(cause);
}
