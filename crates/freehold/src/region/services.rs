//! The services of a region: what each stands on, and the reconcilers that each brings.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use freehold_acm::Acm;
use freehold_autoscaling::AutoScaling;
use freehold_billing::Ledger;
use freehold_core::reconcile::Reconcilers;
use freehold_core::targets::Targets;
use freehold_core::{Clock, DEFAULT_REGION};
use freehold_costs::Costs;
use freehold_ec2::{Ec2, Parts, Region};
use freehold_elb::Elb;
use freehold_elb::reconcile::{ReadStatus, ResolveNames};
use freehold_events::{Events, Patterns, Sink};
use freehold_iam::{Development, ForgetExpired, Iam};
use freehold_lambda::{FunctionTarget, Lambda, PackageRoute, UrlSite};
use freehold_logs::{EventStore, Logs};
use freehold_metering::{Counter, FlushCounts};
use freehold_monitoring::{CloudWatch, SeriesStore};
use freehold_queues::{ForgetExpired as ForgetMessages, Queues};
use freehold_sns::{CertificateRoute, Sns, TopicTarget};
use freehold_sqs::Sqs;
use freehold_ssm::Ssm;
use freehold_store::SharedStore;
use freehold_store::reconcile::ForgetTokens;
use freehold_wire::server::Builder;
use freehold_wire::{Local, Service};

use super::balancers;
use super::functions;
use super::machines::Hardware;
use super::prices;
use super::public_images::HostsImages;
use super::roles::Roles;
use super::tls::RegionAuthority;
use crate::cli;
use crate::data_dir::DataDir;

/// How long a step of a reconciler may take to finish when the region ends; what is cut off is done again later.
const GRACE: Duration = Duration::from_secs(5);

/// The region's services, at work.
pub struct Services {
    pub iam: Arc<Iam>,
    pub ec2: Arc<Ec2>,
    pub ssm: Arc<Ssm>,
    pub sqs: Arc<Sqs>,
    pub sns: Arc<Sns>,
    pub queues: Arc<Queues>,
    pub acm: Arc<Acm>,
    pub elb: Arc<Elb>,
    pub cloudwatch: Arc<CloudWatch>,
    pub autoscaling: Arc<AutoScaling>,
    pub lambda: Arc<Lambda>,
    pub events: Arc<Events>,
    pub logs: Arc<Logs>,
    /// What everything costs.
    pub ledger: Arc<Ledger>,
    costs: Arc<Costs>,
    /// How the services call each other.
    pub local: Arc<Local>,
    pub reconcilers: Arc<Reconcilers>,
    /// What the endpoint serves: outside and inside of VPCs the same.
    pub endpoint: Vec<Arc<Service>>,
}

impl Services {
    /// Puts the services together and sets their reconcilers to work. Whatever an earlier control plane left is
    /// picked up by them.
    pub fn start(
        store: SharedStore,
        queues: Arc<Queues>,
        series: Arc<SeriesStore>,
        clock: Arc<dyn Clock>,
        data: &DataDir,
        hardware: &Hardware,
        options: &cli::Up,
        development: Development,
    ) -> Result<Self> {
        let iam = Iam::new(Arc::clone(&store), Arc::clone(&clock), development);
        let local = Local::new(DEFAULT_REGION);
        let targets = Arc::new(Targets::default());
        // Before all that is measured: each of those is given `Arc<dyn Metrics>`, which this is.
        let cloudwatch = CloudWatch::open(freehold_monitoring::Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            series,
            region: DEFAULT_REGION.to_owned(),
            local: Arc::clone(&local),
            targets: Arc::clone(&targets),
        })?;
        let ledger = prices::ledger(Arc::clone(&store), Arc::clone(&clock), data)?;
        let ec2 = Ec2::new(Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            region: Region::new(DEFAULT_REGION),
            driver: Arc::clone(&hardware.driver),
            network: Arc::clone(&hardware.network),
            images: Arc::clone(&hardware.images),
            roles: Arc::new(Roles(Arc::clone(&iam))),
            bills: Arc::clone(&ledger),
            pool: hardware.pool,
            cores: hardware.cores.clone(),
            public_pool: options.public_pool,
        })?;
        let ssm = Ssm::new(Arc::new(HostsImages(Arc::clone(&hardware.images))));
        let counter = Arc::new(Counter::default());
        let sqs = Sqs::new(freehold_sqs::Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            region: DEFAULT_REGION.to_owned(),
            queues: Arc::clone(&queues),
            iam: Arc::clone(&iam),
            counter: Arc::clone(&counter),
        })?;
        let sns = Sns::open(freehold_sns::Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            sqs: Arc::clone(&sqs),
            targets: Arc::clone(&targets),
            counter: Arc::clone(&counter),
        })?;
        let autoscaling = AutoScaling::new(freehold_autoscaling::Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            local: Arc::clone(&local),
            metrics: Arc::clone(&cloudwatch) as _,
            region: DEFAULT_REGION.to_owned(),
        });
        let logs = Logs::new(freehold_logs::Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            events: EventStore::open(&data.state())?,
            region: DEFAULT_REGION.to_owned(),
            metrics: Arc::clone(&cloudwatch) as _,
            local: Arc::clone(&local),
            targets: Arc::clone(&targets),
        });
        targets.register("logs", Arc::clone(&logs) as _);
        targets.register("autoscaling", Arc::clone(&autoscaling) as _);
        iam.protect("sns", Arc::clone(&sns) as _);
        let lambda = Lambda::new(freehold_lambda::Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            region: DEFAULT_REGION.to_owned(),
            iam: Arc::clone(&iam),
            local: Arc::clone(&local),
            targets: Arc::clone(&targets),
            metrics: Arc::clone(&cloudwatch) as _,
            queues: Arc::clone(&queues),
            patterns: Arc::new(Patterns),
            layout: functions::layout(data),
            node: functions::node(data, hardware, Duration::from_secs(options.lambda_idle), options.listen.port()),
        });
        iam.protect("lambda", Arc::clone(&lambda) as _);
        let functions = Arc::new(FunctionTarget(Arc::clone(&lambda)));
        targets.register("lambda", Arc::clone(&functions) as _);
        targets.register("sqs", Arc::clone(&sqs) as _);
        targets.register("sns", Arc::new(TopicTarget(Arc::clone(&sns))));
        let elb = Elb::new(freehold_elb::Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            region: DEFAULT_REGION.to_owned(),
            local: Arc::clone(&local),
            nodes: Arc::new(ReadStatus(Arc::clone(&hardware.nodes))),
            functions: Arc::clone(&functions) as _,
        });
        let acm = Acm::new(freehold_acm::Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            authority: Arc::new(RegionAuthority::new(data)),
        });
        acm.ask(Arc::clone(&elb) as _);
        hardware.network.serve_names(Arc::new(ResolveNames::new(Arc::clone(&store), DEFAULT_REGION)));
        let events = Events::open(freehold_events::Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            region: DEFAULT_REGION.to_owned(),
            queues: Arc::clone(&queues),
            iam: Arc::clone(&iam),
            targets: Arc::clone(&targets),
            metrics: Arc::clone(&cloudwatch) as _,
        });
        let costs = Costs::new(freehold_costs::Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            ledger: Arc::clone(&ledger),
            hardware: Arc::new(prices::Catalogue),
        });
        ledger.ask(Arc::clone(&ec2) as _);
        ledger.ask(Arc::clone(&elb) as _);
        ledger.ask(Arc::clone(&lambda) as _);
        let reconcilers = Arc::new(Reconcilers::new(Arc::clone(&clock)));
        let mut services = Self {
            iam: Arc::clone(&iam),
            ec2: Arc::clone(&ec2),
            ssm,
            sqs: Arc::clone(&sqs),
            sns: Arc::clone(&sns),
            queues: Arc::clone(&queues),
            acm: Arc::clone(&acm),
            elb: Arc::clone(&elb),
            cloudwatch: Arc::clone(&cloudwatch),
            autoscaling: Arc::clone(&autoscaling),
            lambda: Arc::clone(&lambda),
            events: Arc::clone(&events),
            logs: Arc::clone(&logs),
            ledger,
            costs,
            local,
            reconcilers: Arc::clone(&reconcilers),
            endpoint: Vec::new(),
        };
        // Before any reconciler runs: it may call what another service has.
        services.endpoint = services.tables().into_iter().map(Arc::new).collect();
        for service in &services.endpoint {
            services.local.register(service);
        }
        reconcilers.spawn(ForgetTokens::new(Arc::clone(&store), clock), Vec::new());
        reconcilers.spawn(FlushCounts { counter, store: Arc::clone(&store) }, Vec::new());
        reconcilers.spawn(ForgetExpired::new(Arc::clone(&iam)), Vec::new());
        reconcilers.spawn(ForgetMessages::new(Arc::clone(&queues)), Vec::new());
        freehold_ec2::reconcile::start(
            &ec2,
            Arc::clone(&cloudwatch) as _,
            Arc::new(Sink(Arc::clone(&events))),
            &reconcilers,
        );
        freehold_sqs::reconcile::start(&sqs, &reconcilers);
        sns.start(&reconcilers);
        cloudwatch.start(&reconcilers);
        autoscaling.start(&reconcilers);
        lambda.start(&reconcilers);
        events.start(&reconcilers);
        logs.start(&reconcilers);
        let tools = balancers::tools(data, hardware, acm, cloudwatch);
        freehold_elb::reconcile::start(&elb, tools, &reconcilers);
        Ok(services)
    }

    /// Each service with the functions that carry its operations out.
    fn tables(&self) -> Vec<Service> {
        let mut services = Vec::from(self.iam.services());
        services.push(freehold_ec2::operations::service(&self.ec2));
        services.push(self.ssm.service());
        services.push(self.sqs.service());
        services.push(self.sns.service());
        services.push(self.acm.service());
        services.push(self.elb.service());
        services.push(self.elb.classic_service());
        services.push(self.autoscaling.service());
        services.push(self.lambda.service());
        services.push(self.cloudwatch.service());
        services.extend(self.events.services());
        services.push(self.logs.service());
        services.extend(self.costs.services());
        services
    }

    /// Lets a server serve all of them.
    pub fn mount(&self, server: Builder) -> Builder {
        let server = server.route(Arc::new(CertificateRoute(Arc::clone(&self.sns))));
        let server = server.route(Arc::new(PackageRoute(Arc::clone(&self.lambda))));
        let server = server.site(Arc::new(UrlSite(Arc::clone(&self.lambda))));
        self.endpoint.iter().map(Arc::clone).fold(server, |server, service| match service.model.id {
            "sqs" => server.service_with_bodies(service, freehold_sqs::BODY_BYTES),
            "lambda" => server.service_with_bodies(service, freehold_lambda::BODY_BYTES),
            "events" => server.service_with_bodies(service, freehold_events::BODY_BYTES),
            "cloudwatch" => server.service_with_bodies(service, freehold_monitoring::BODY_BYTES),
            "logs" => server.service_with_bodies(service, freehold_logs::BODY_BYTES),
            _ => server.service(service),
        })
    }

    /// Starts no more work and waits a moment for what is under way.
    pub async fn stop(&self) {
        self.reconcilers.stop(GRACE).await;
    }
}
