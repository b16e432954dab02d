//! Images, launch templates and tags.

mod copy_image;
mod create_image;
mod create_launch_template;
mod create_launch_template_version;
mod create_tags;
mod delete_launch_template;
mod delete_launch_template_versions;
mod delete_tags;
mod deregister_image;
mod describe_image_attribute;
mod describe_images;
mod describe_launch_template_versions;
mod describe_launch_templates;
mod describe_tags;
mod get_launch_template_data;
mod image_request;
mod image_view;
mod modify_image_attribute;
mod modify_launch_template;
mod owned_image;
mod reset_image_attribute;
mod taggable;
mod template_data;
mod template_data_view;
mod template_view;
mod template_write;

use freehold_api::ec2::op;

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
        .on(op::DescribeImages, describe_images::describe_images)
        .on(op::CreateImage, create_image::create_image)
        .on(op::CopyImage, copy_image::copy_image)
        .on(op::DeregisterImage, deregister_image::deregister_image)
        .on(op::DescribeImageAttribute, describe_image_attribute::describe_image_attribute)
        .on(op::ModifyImageAttribute, modify_image_attribute::modify_image_attribute)
        .on(op::ResetImageAttribute, reset_image_attribute::reset_image_attribute)
        .on(op::CreateTags, create_tags::create_tags)
        .on(op::DeleteTags, delete_tags::delete_tags)
        .on(op::DescribeTags, describe_tags::describe_tags)
        .on(op::CreateLaunchTemplate, create_launch_template::create_launch_template)
        .on(op::CreateLaunchTemplateVersion, create_launch_template_version::create_launch_template_version)
        .on(op::DescribeLaunchTemplates, describe_launch_templates::describe_launch_templates)
        .on(op::DescribeLaunchTemplateVersions, describe_launch_template_versions::describe_launch_template_versions)
        .on(op::ModifyLaunchTemplate, modify_launch_template::modify_launch_template)
        .on(op::DeleteLaunchTemplate, delete_launch_template::delete_launch_template)
        .on(op::DeleteLaunchTemplateVersions, delete_launch_template_versions::delete_launch_template_versions)
        .on(op::GetLaunchTemplateData, get_launch_template_data::get_launch_template_data)
}
