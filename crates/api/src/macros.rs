//! What every generated type and operation has in common.

/// Ties a struct to its schema. The fields stand in the schema's order.
macro_rules! shape {
    ($type:ident, $schema:path { $($field:ident,)* }) => {
        impl freehold_wire::schema::Sequence for $type {
            #[allow(unused_variables)]
            fn each(&self, look: &mut dyn FnMut(Option<freehold_wire::schema::View<'_>>)) {
                $(look(freehold_wire::schema::View::of(&self.$field));)*
            }
        }

        impl freehold_wire::schema::Show for $type {
            fn view(&self) -> freehold_wire::schema::View<'_> {
                freehold_wire::schema::View::Structure(self)
            }
        }

        impl freehold_wire::schema::Convert for $type {
            #[allow(unused_mut, unused_variables)]
            fn from_value(value: freehold_wire::schema::Value) -> Option<Self> {
                let mut fields = freehold_wire::schema::Fields::new(value)?;
                Some(Self { $($field: fields.take()),* })
            }
        }

        impl freehold_wire::schema::Shape for $type {
            fn schema() -> &'static freehold_wire::schema::Schema {
                &$schema
            }
        }
    };
}

/// A type that names an operation: the one at this place in the table.
macro_rules! operation {
    ($name:ident, $index:literal, $input:ty => $output:ty) => {
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl freehold_wire::Operation for $name {
            type Input = $input;
            type Output = $output;
            const MODEL: &'static freehold_wire::service::OperationModel = &OPERATIONS[$index];
        }
    };
}
