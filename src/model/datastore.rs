//! Services that hold data or manage those that do, by their image or by a well-known port.

use super::build::Build;
use super::compose::Service;
use super::exposure::OpenPort;
use super::image::ImageRef;
use super::knowledge;

/// Ports (TCP, inside the container) that only one product listens on, sorted.
///
/// Source: the products' documentation. Ports that anything may use (8080, 9000) are not evidence.
const PORTS: &[(u16, &str)] = &[
    (1433, "mssql"),
    (1521, "oracle"),
    (2181, "zookeeper"),
    (2379, "etcd"),
    (3306, "mysql"),
    (5432, "postgres"),
    (5672, "rabbitmq"),
    (5984, "couchdb"),
    (6379, "redis"),
    (9042, "cassandra"),
    (11211, "memcached"),
    (15672, "rabbitmq"),
    (26257, "cockroachdb"),
    (27017, "mongo"),
    (28015, "rethinkdb"),
];

/// Ports that other programs use too: evidence for a service that is called after the product, sorted.
const SHARED_PORTS: &[(u16, &str)] = &[
    (5601, "kibana"),
    (7687, "neo4j"),
    (8086, "influxdb"),
    (8123, "clickhouse"),
    (8983, "solr"),
    (9092, "kafka"),
    (9200, "elasticsearch"),
];

/// What is made to be reached from everywhere: brokers of devices, object stores.
const FOR_EVERYBODY: &[&str] = &["mqtt", "minio"];

/// What is a page for administrators, and not a store itself.
const CONSOLES: &[&str] =
    &["adminer", "chronograf", "kafka-ui", "kibana", "mongo-express", "opensearch-dashboards", "pgadmin", "phpmyadmin", "redisinsight"];

/// Whether a kind of [`of_service`] is an admin console.
pub fn is_console(kind: &str) -> bool {
    CONSOLES.contains(&kind)
}

/// The image of a service; without a tag where that is a variable which nothing sets, as in `postgres:${VERSION}`.
pub fn image(service: &Service) -> Option<ImageRef> {
    let nameable = || {
        let image = service.image();
        let value = &image.set()?.value;
        let name = value.slice(0..value.strip_suffix(':')?.len());
        name.is_certain().then(|| ImageRef::parse(&name.text).ok()).flatten()
    };
    service.image_ref().or_else(nameable)
}

/// What the image of a service is known to be: `postgres`, `redis`, `pgadmin`, ...
pub fn of_service(service: &Service) -> Option<&'static str> {
    knowledge::lookup(&image(service)?)?.datastore
}

/// The product that listens on this port of a container, of a service with this name.
pub fn of_port(port: u16, service: &str) -> Option<&'static str> {
    let alone = PORTS.iter().find(|(known, _)| *known == port);
    let named = || SHARED_PORTS.iter().find(|(known, kind)| *known == port && service.contains(kind));
    alone.or_else(named).map(|(_, kind)| *kind)
}

/// The data store or its console behind a published port: by the image, or the one that the service's own image is built
/// on, when that is known; else by the port.
pub fn behind(service: &Service, build: Option<&Build>, open: &OpenPort) -> Option<&'static str> {
    if open.port.protocol_name() != "tcp" {
        return None;
    }
    let by_port = || of_port(open.port.target_range().filter(|r| r.extra() == 0)?.first, &service.name);
    let kind = if service.build().is_some() {
        // What else its Dockerfile installs is not known.
        let base = build.and_then(|b| b.dockerfile.base_image(b.stage)?.1);
        base.and_then(|known| known.datastore).or_else(by_port)?
    } else {
        match image(service).and_then(|image| knowledge::lookup(&image)) {
            Some(known) => known.datastore?,
            None => by_port()?,
        }
    };
    (!FOR_EVERYBODY.contains(&kind)).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_sorted_and_told_apart() {
        assert!(PORTS.is_sorted());
        assert!(SHARED_PORTS.is_sorted());
        assert_eq!(of_port(5432, "db"), Some("postgres"));
        assert_eq!(of_port(9200, "elasticsearch-1"), Some("elasticsearch"));
        for port in [8080, 9000, 9200] {
            assert_eq!(of_port(port, "cloud"), None, "{port}");
        }
    }

    #[test]
    fn consoles_are_no_stores() {
        assert!(is_console("pgadmin"));
        assert!(!is_console("postgres"));
    }
}
